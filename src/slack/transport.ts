import type { Receiver } from '@slack/bolt';

/** How events get here: a receiver for Bolt, with a beginning and an end that can be waited for. */
export interface Transport {
  readonly receiver: Receiver;
  /** Resolves once events can come in. */
  start(): Promise<{ port?: number }>;
  /** Resolves once no more can. */
  stop(): Promise<void>;
}
