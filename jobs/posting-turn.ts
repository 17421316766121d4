import type { Threads } from '../src/store/threads.ts';

/** When a job may post to a channel: Slack takes one message a second there from everybody together. */
export interface PostingTurn {
  /** Answers 0 when one message may be posted now, or the milliseconds after which it may, which is then kept for us. */
  take(channel: string): Promise<number>;
  /** True when the message that may be posted now had to wait for its turn: more may have happened meanwhile. */
  readonly waited: boolean;
  /** Milliseconds since the epoch of the turn that is kept for us; undefined when there is none. */
  readonly kept: number | undefined;
}

/**
 * @param kept the turn that was reserved before the job put itself off
 */
export function postingTurn(threads: Pick<Threads, 'reservePost'>, kept: number | undefined): PostingTurn {
  let reserved = kept;
  let waited = false;
  return {
    get waited() {
      return waited;
    },
    get kept() {
      return reserved;
    },
    async take(channel) {
      const now = Date.now();
      waited = reserved !== undefined;
      reserved ??= now + (await threads.reservePost(channel, now));
      const wait = reserved - now;
      if (wait > 0) return wait;
      reserved = undefined;
      return 0;
    },
  };
}
