import type { StackEvent } from './events.ts';
import type { StackRef } from './stacks.ts';

/** Why a stack failed. */
export interface StackFailure {
  resource: string;
  /** Empty when it is not known. */
  resourceType: string;
  /** The id that the resource has in its own service, if it got that far. */
  resourceId: string;
  /** The stack that the resource belongs to, which may be a nested one. */
  stack: StackRef;
  /** What Heat, or the service behind it, says. */
  reason: string;
}

/** What Heat writes on a resource that did nothing wrong, but was in work when another one failed. */
const bystander = /\b(aborted|cancell?ed)\b/i;

/** A stack, or the resource that holds a nested one, repeating what went wrong inside it. */
const echo = /^Resource \w+ failed: /;

/**
 * The failure that the others follow from: the first FAILED event of a resource itself, since a nested resource fails
 * before what contains it. What Heat has made at a further go is no cause: it replaces a server that got no host. Only
 * when no resource failed, as after a time-out, the stack's own event. Undefined when nothing failed. `events` are in the
 * order of time and include nested stacks (see listStackEvents).
 */
export function firstFailure(events: readonly StackEvent[]): StackFailure | undefined {
  const failed = events.filter(({ state }) => state === 'FAILED');
  const ofResources = failed.filter((event) => !event.ofStack && !echo.test(event.reason) && !wasMended(event, events));
  const cause = ofResources.find(({ reason }) => !bystander.test(reason)) ?? ofResources[0] ?? failed[0];
  if (cause === undefined) return undefined;
  const { resource, resourceType, resourceId, stack, reason } = cause;
  return { resource, resourceType, resourceId, stack, reason: unwrapped(reason, resource) };
}

function wasMended(failed: StackEvent, events: readonly StackEvent[]): boolean {
  return events
    .slice(events.indexOf(failed))
    .some(
      ({ resource, stack, state }) =>
        state === 'COMPLETE' && resource === failed.resource && stack.id === failed.stack.id,
    );
}

/** The events of what Heat did last to a stack: a creation that failed long ago is no reason for a deletion that fails. */
export function ofLastAction(events: readonly StackEvent[], { id }: StackRef): readonly StackEvent[] {
  const begun = events.findLastIndex(
    ({ ofStack, stack, state }) => ofStack && stack.id === id && state === 'IN_PROGRESS',
  );
  return events.slice(Math.max(begun, 0));
}

/** `resources.node: Property error: …` without the name of the resource, which is told beside it. */
function unwrapped(reason: string, resource: string): string {
  const bare = reason.replace(echo, '');
  const prefix = `resources.${resource}: `;
  return (bare.startsWith(prefix) ? bare.slice(prefix.length) : bare).trim();
}
