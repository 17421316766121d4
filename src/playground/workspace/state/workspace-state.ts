import { type Credentials, createCredentials } from './credentials.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createFiles, type Files } from './files.ts';
import type { Clock } from './ids.ts';
import { createMessages, type Messages } from './messages.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';
import { createResponseUrls, type ResponseUrls } from './response-urls.ts';
import { createTriggers, type Triggers } from './triggers.ts';
import { createViews, type Views } from './views.ts';

/** All that one running workspace knows. Everything else is a function over it. */
export interface WorkspaceState {
  readonly credentials: Credentials;
  readonly directory: Directory;
  readonly messages: Messages;
  readonly views: Views;
  readonly files: Files;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly rateLimits: RateLimits;
  /** Origin of the server, without a slash at its end. */
  readonly origin: () => string;
  readonly now: Clock;
}

export interface WorkspaceStateOptions {
  origin: () => string;
  now: Clock;
  botScopes?: readonly string[];
  channels?: readonly string[];
}

export function createWorkspaceState({ origin, now, botScopes, channels }: WorkspaceStateOptions): WorkspaceState {
  return {
    credentials: createCredentials(botScopes),
    directory: createDirectory(channels),
    messages: createMessages(now),
    views: createViews(now),
    files: createFiles(),
    triggers: createTriggers(now),
    responseUrls: createResponseUrls(origin, now),
    rateLimits: createRateLimits(now),
    origin,
    now,
  };
}
