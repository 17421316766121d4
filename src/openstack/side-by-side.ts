/**
 * Works on several things at a time, at most `limit`, in their order. The first failure stops what is under way through
 * its signal, and is thrown once everything has stopped: nothing goes on behind the caller's back.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  { limit, signal }: { limit: number; signal?: AbortSignal | undefined },
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const results: Result[] = [];
  const left = items.entries();

  async function workOn(): Promise<void> {
    for (const [index, item] of left) {
      either.throwIfAborted();
      results[index] = await work(item, either);
    }
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    workOn().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(workers);
  signal?.throwIfAborted();
  stop.signal.throwIfAborted();
  return results;
}
