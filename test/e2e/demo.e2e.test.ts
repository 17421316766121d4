import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { slipway } from '../support/program.ts';

describe('npm run demo -- --once', () => {
  it('prints the whole thread, takes the cluster down again when asked to, and ends with status 0', async () => {
    const { status, stdout, stderr } = await slipway(['demo', '--once', '--down', '--port', '0']);

    expect(stderr).toBe('');
    expect(stdout).toMatch(/Developer +\/k8s up staging/);
    expect(stdout).toMatch(/Platform engineer +clicks Approve/);
    expect(stdout).toContain('staging is up');
    expect(stdout).toContain('staging is down');
    expect(stdout).not.toMatch(/<[@!#]/);
    expect(status).toBe(0);
  }, 120_000);

  it('ends with status 1 and names the resource and its reason when the stack fails', async () => {
    const { status, stdout } = await slipway(['demo', '--once', '--fail', 'stack', '--port', '0']);

    expect(stdout).toContain('control_plane_server');
    expect(stdout).toContain('No valid host was found');
    expect(stdout).not.toContain('staging is up');
    expect(status).toBe(1);
  }, 120_000);

  it('says in one sentence that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const { status, stderr } = await slipway(['demo', '--once', '--port', String(port)]);
    other.close();

    expect(stderr).toContain(`Port ${port}`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  it('says in one sentence that git is missing', async () => {
    const { status, stderr } = await slipway(['demo', '--once', '--port', '0'], { PATH: '/nowhere' });

    expect(stderr).toContain('needs git');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(1);
  });

  it.each([
    [['demo', '--fail', 'gremlins'], 'knows no fault "gremlins"'],
    [['demo', '--sideways'], 'does not understand its arguments'],
    [['worker', '--queues', 'gravel'], '--queues build,cloud,notify,upkeep'],
    [['bot'], 'SLACK_BOT_TOKEN: missing'],
  ])('answers %j with a sentence and not with a stack', async (args, expected) => {
    const { status, stderr } = await slipway(args, { PATH: process.env.PATH });

    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
  });
});
