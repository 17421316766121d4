import type { WebClient } from '@slack/web-api';
import type { Deciding } from './admit.ts';

/** What everything that listens to Slack works with. */
export interface Listening extends Deciding {
  readonly client: WebClient;
  /** Is told of everything that is under way, so that a bot which stops can wait for it. */
  readonly track: (work: Promise<void>) => Promise<void>;
}
