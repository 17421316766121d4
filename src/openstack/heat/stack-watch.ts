import { isNotFound } from '../../errors.ts';
import type { ServiceClient } from '../service-client.ts';
import { unlessAborted } from '../unless-aborted.ts';
import type { StackSummary } from './stack.ts';
import { getStack, listStacks, type StackRef } from './stacks.ts';

export interface StackWatchOptions {
  /** The tags that all stacks carry which are looked at. */
  tags: readonly string[];
  /** How old a list may be that a look is answered from; about the time between two looks at one stack. */
  freshMs: number;
  /** The longest time for which nobody looks inside a stack that is busy; such looks are further and further apart. */
  quietMs: number;
}

/** What a look at a stack shows. */
export interface StackView<News> {
  /** Undefined when there is no such stack any more; a deleted one may also still be told, as DELETE_COMPLETE. */
  stack: StackSummary | undefined;
  /** What reading inside has brought; undefined when there was nothing new, or it was not time to look. */
  news: News | undefined;
}

/** The stacks that a list tells of, by their ids. */
type Listed = ReadonlyMap<string, StackSummary>;

/** When to look inside a stack again, and how long the last wait for that was. */
interface Interest {
  seen: string;
  dueAt: number;
  waitMs: number;
}

/** How many stacks Heat is asked for at once: the most that a project has by default, so that one call tells all. */
const pageSize = 512;

/**
 * Watches all stacks of a project that are in work, for everybody in this process. Whoever looks at a stack shares one
 * list of all with the others; only what the list shows to be at rest is read by itself, and only where something goes
 * on is anybody sent inside. What it remembers saves calls and nothing else: a process that begins without it sees the
 * same.
 */
export class StackWatch {
  readonly #heat: ServiceClient;
  readonly #options: StackWatchOptions;
  readonly #interests = new Map<string, Interest>();
  #list: Promise<Listed> | undefined;
  #listBegunAt = Number.NEGATIVE_INFINITY;

  constructor(heat: ServiceClient, options: StackWatchOptions) {
    this.#heat = heat;
    this.#options = options;
  }

  /**
   * How a stack is. A list can be older than what the caller has just done, so it is believed only when it says that
   * the stack is in work; how a stack has ended, or that it is gone, is what Heat says of that stack now.
   *
   * @param read reads what is new inside the stack, or undefined if nothing is. It is called when the stack's state has
   *   changed, at every look while it brings something, less and less often while it does not, and always at the end.
   */
  async look<News>(
    ref: StackRef,
    read: (stack: StackSummary) => Promise<News | undefined>,
    signal?: AbortSignal,
  ): Promise<StackView<News>> {
    signal?.throwIfAborted();
    const listed = (await unlessAborted(this.#freshList(), signal)).get(ref.id);
    const stack = listed?.state === 'IN_PROGRESS' ? listed : await this.#readOne(ref, signal);
    if (stack === undefined || stack.status === 'DELETE_COMPLETE') return this.#forget(ref, stack);
    if (!this.#isDue(stack)) return { stack, news: undefined };
    const news = await read(stack);
    this.#remember(stack, news !== undefined);
    return { stack, news };
  }

  /** One list serves all who come while it is under way, and for a while after. One that failed serves nobody later. */
  #freshList(): Promise<Listed> {
    const now = performance.now();
    if (this.#list !== undefined && now - this.#listBegunAt < this.#options.freshMs) return this.#list;
    const list = this.#readList().catch((error: unknown) => {
      if (this.#list === list) this.#list = undefined;
      throw error;
    });
    this.#list = list;
    this.#listBegunAt = now;
    return list;
  }

  async #readList(): Promise<Listed> {
    const { tags } = this.#options;
    const stacks = new Map((await listStacks(this.#heat, { tags, pageSize })).map((stack) => [stack.id, stack]));
    for (const id of this.#interests.keys()) {
      if (!stacks.has(id)) this.#interests.delete(id);
    }
    return stacks;
  }

  async #readOne(ref: StackRef, signal: AbortSignal | undefined): Promise<StackSummary | undefined> {
    try {
      return await getStack(this.#heat, ref, { resolveOutputs: false }, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #forget<News>({ id }: StackRef, stack: StackSummary | undefined): StackView<News> {
    this.#interests.delete(id);
    return { stack, news: undefined };
  }

  #isDue(stack: StackSummary): boolean {
    const interest = this.#interests.get(stack.id);
    return interest === undefined || interest.seen !== seenOf(stack) || performance.now() >= interest.dueAt;
  }

  #remember(stack: StackSummary, hadNews: boolean): void {
    const { freshMs, quietMs } = this.#options;
    const before = this.#interests.get(stack.id)?.waitMs ?? 0;
    const waitMs = hadNews ? 0 : Math.min(Math.max(before * 2, freshMs), quietMs);
    this.#interests.set(stack.id, { seen: seenOf(stack), dueAt: performance.now() + waitMs, waitMs });
  }
}

/** What changes in a list when a stack does. Between the two ends of its work nothing does. */
function seenOf({ status, updatedAt }: StackSummary): string {
  return `${status} ${updatedAt?.getTime() ?? ''}`;
}
