import { describe, expect, it } from 'vitest';
import { slipway } from '../support/program.ts';

describe('what the program is told to do', () => {
  it.each([[[]], [['--help']], [['help']], [['doctor', '--help']], [['worker', '-h']]])(
    'shows what it can do for %j',
    async (args) => {
      const { status, stdout, stderr } = await slipway(args);

      expect(stdout).toMatch(/^Usage: slipway COMMAND\n/);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  it('says so when it knows no such command', async () => {
    const { status, stdout, stderr } = await slipway(['deploy']);

    expect(stderr).toMatch(/^slipway: there is no command "deploy"\n\nUsage: slipway COMMAND\n/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
