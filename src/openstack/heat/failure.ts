import type { StackEvent } from './events.ts';

/** Why a stack failed. */
export interface StackFailure {
  resource: string;
  /** Empty when the resource is gone. */
  resourceType: string;
  /** What Heat, or the service behind it, says. */
  reason: string;
}

/** What Heat writes on a resource that did nothing wrong, but was in work when another one failed. */
const bystander = /\b(aborted|cancell?ed)\b/i;

/** A stack, or the resource that holds a nested one, repeating what went wrong inside it. */
const echo = /^Resource \w+ failed: /;

/**
 * The failure that the others follow from: the first FAILED event of a resource itself, since a nested resource fails
 * before what contains it. Only when no resource failed, as after a time-out, the stack's own event. Undefined when
 * nothing failed. `events` are in the order of time and include nested stacks (see listStackEvents).
 */
export function firstFailure(events: readonly StackEvent[]): StackFailure | undefined {
  const failed = events.filter(({ state }) => state === 'FAILED');
  const ofResources = failed.filter((event) => !event.ofStack && !echo.test(event.reason));
  const cause = ofResources.find(({ reason }) => !bystander.test(reason)) ?? ofResources[0] ?? failed[0];
  if (cause === undefined) return undefined;
  const { resource, resourceType, reason } = cause;
  return { resource, resourceType, reason: unwrapped(reason, resource) };
}

/** `resources.node: Property error: …` without the name of the resource, which is told beside it. */
function unwrapped(reason: string, resource: string): string {
  const bare = reason.replace(echo, '');
  const prefix = `resources.${resource}: `;
  return (bare.startsWith(prefix) ? bare.slice(prefix.length) : bare).trim();
}
