import type { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BuildLogs } from '../../src/store/build-logs.ts';

/** A store that takes no batch before it is told to. */
class SlowLogs extends BuildLogs {
  readonly batches: (readonly string[])[] = [];
  #answer: () => void = () => undefined;

  constructor() {
    super({} as Redis);
  }

  override async append(_deployment: string, lines: readonly string[]): Promise<void> {
    this.batches.push(lines);
    await new Promise<void>((resolve) => {
      this.#answer = resolve;
    });
  }

  async answer(): Promise<void> {
    this.#answer();
    await vi.advanceTimersByTimeAsync(0);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('sends one batch at a time, and keeps the newest lines alone while Redis takes long', async () => {
  const logs = new SlowLogs();
  const writer = logs.writer('staging-1', () => undefined);
  writer.write('first');
  await vi.advanceTimersByTimeAsync(1_000);
  for (let line = 1; line <= 1_000; line += 1) {
    writer.write(`line ${line} ${'x'.repeat(2_000)}`);
    await vi.advanceTimersByTimeAsync(10);
  }
  const meanwhile = logs.batches.length;

  await logs.answer();
  writer.write('last');
  await vi.advanceTimersByTimeAsync(1_000);

  const [, batch = []] = logs.batches;
  expect(meanwhile).toBe(1);
  expect(logs.batches).toHaveLength(2);
  expect(batch).toHaveLength(400);
  expect(batch.at(-1)).toBe('last');
  expect(batch[0]).toMatch(/^line 602 /);
  expect(batch[0]).toHaveLength(1_000);
});
