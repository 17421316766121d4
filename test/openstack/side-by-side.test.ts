import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../src/openstack/side-by-side.ts';

describe('work side by side', () => {
  it('keeps to its limit, and to the order of its results', async () => {
    let now = 0;
    let most = 0;

    const results = await sideBySide([3, 1, 2, 0], { limit: 2 }, async (turns) => {
      now += 1;
      most = Math.max(most, now);
      for (let i = 0; i < turns; i += 1) await turn();
      now -= 1;
      return turns * 10;
    });

    expect(results).toEqual([30, 10, 20, 0]);
    expect(most).toBe(2);
  });

  it('stops the others after the first failure, and waits for them', async () => {
    const ended: string[] = [];

    const failed = sideBySide(['slow', 'bad', 'never'], { limit: 2 }, async (name, signal) => {
      if (name === 'bad') throw new Error('broken');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await turn();
      ended.push(name);
      throw new Error('stopped');
    });

    await expect(failed).rejects.toThrow('broken');
    expect(ended).toEqual(['slow']);
  });

  it('ends with the reason of the caller who gives up', async () => {
    const stop = new AbortController();

    const failed = sideBySide([1, 2], { limit: 1, signal: stop.signal }, async (_item, signal) => {
      stop.abort(new Error('enough'));
      signal.throwIfAborted();
    });

    await expect(failed).rejects.toThrow('enough');
  });

  it('does nothing with nothing', async () => {
    expect(await sideBySide([], { limit: 3 }, async () => 1)).toEqual([]);
  });
});
