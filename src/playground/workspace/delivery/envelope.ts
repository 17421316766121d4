/** Something that happened in the workspace and that the app has to hear of. */
export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * How the app took it. `response` is what it sent along with its acknowledgement. The other two are the errors that
 * Slack shows to the person: nobody acknowledged within three seconds, or there was nobody to tell.
 */
export type Outcome =
  | { readonly kind: 'acknowledged'; readonly response: unknown }
  | { readonly kind: 'operation_timeout' }
  | { readonly kind: 'dispatch_failed' };

/** An app has this long to acknowledge, in milliseconds. */
export const acknowledgeWithinMs = 3000;
