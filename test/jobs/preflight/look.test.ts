import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { look } from '../../../jobs/preflight/look.ts';
import { ConfigError } from '../../../src/errors.ts';

describe('a look', () => {
  const { signal } = new AbortController();
  const forever = (within: AbortSignal) => sleep(60_000, undefined, { signal: within });

  it('that takes too long is a problem which may pass', async () => {
    const looked = await look('Nova', signal, forever, { deadlineMs: 10 });

    expect(looked).toMatchObject({
      seen: false,
      finding: { level: 'problem', passing: true, text: 'Nova did not answer within 0.01 s' },
    });
  });

  it('that no step needs is a warning, however it ends', async () => {
    const refuse = () => Promise.reject(new ConfigError('It is wrong', ['here', 'and there']));

    const late = await look('Heat', signal, forever, { deadlineMs: 10, optional: 'The stack' });
    const refused = await look('Heat', signal, refuse, { optional: 'The stack' });

    expect(late).toMatchObject({
      finding: { level: 'warning', text: 'The stack could not be checked: Heat did not answer within 0.01 s' },
    });
    expect(refused).toMatchObject({
      finding: { level: 'warning', text: 'The stack could not be checked: It is wrong. here. and there' },
    });
  });

  it('ends with an error where the caller gives up, and where the program is wrong', async () => {
    const bug = () => Promise.reject(new TypeError('a bug'));

    await expect(look('Heat', AbortSignal.abort(), forever, { optional: 'The stack' })).rejects.toThrow(/aborted/);
    await expect(look('Heat', signal, bug, { optional: 'The stack' })).rejects.toThrow('a bug');
  });
});
