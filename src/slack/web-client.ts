import { WebClient } from '@slack/web-api';
import type { Logger } from '../log.ts';
import { boltLogger } from './bolt-logger.ts';

/** Deadline of one call of the Web API, and of one answer, in milliseconds. */
export const slackTimeoutMs = 10_000;

/** Where Slack's Web API is, and where what the client says goes. */
export interface WebClientSettings {
  /** Undefined for Slack's own. */
  readonly apiUrl?: string | undefined;
  readonly log: Logger;
}

/**
 * A client for messages that may wait: it neither tries again nor waits out a rate limit, since whoever calls it puts
 * itself off instead. Throws what @slack/web-api throws: WebAPIRateLimitedError with the seconds to wait, and others.
 */
export function createWebClient(token: string, { apiUrl, log }: WebClientSettings): WebClient {
  return new WebClient(token, {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    logger: boltLogger(log),
    timeout: slackTimeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });
}
