import type { ServiceClient } from '../service-client.ts';
import { linkedStack, type WireLink } from './links.ts';
import type { StackResource } from './resources.ts';
import { heatDate, statusParts } from './stack.ts';
import type { StackRef } from './stacks.ts';

/** Something that happened to a resource of a stack, or to the stack itself. */
export interface StackEvent {
  id: string;
  at: Date;
  /** Name within its stack; for an event of a stack itself, the stack's name. */
  resource: string;
  /** `OS::Nova::Server` and the like, from withTypes; `OS::Heat::Stack` for a stack itself; empty when it is not known. */
  resourceType: string;
  /** The id that the resource has in its own service, once it has one. */
  resourceId: string;
  /** The stack that it belongs to: for a nested one, not the one that was asked for. */
  stack: StackRef;
  /** True when it is about that stack as a whole. */
  ofStack: boolean;
  /** `CREATE_COMPLETE` and the like, then its two parts. */
  status: string;
  action: string;
  state: string;
  reason: string;
}

interface WireEvent {
  id: string;
  event_time: string;
  resource_name: string;
  physical_resource_id?: string | null;
  resource_status: string;
  resource_status_reason?: string | null;
  links: readonly WireLink[];
}

export interface ListEventsOptions {
  /** The id of the last event that is known already. Heat answers from the beginning if it has dropped that one. */
  marker?: string | undefined;
  /** How many levels of nested stacks to include; none by default. */
  nestedDepth?: number;
  limit?: number;
}

/**
 * GET …/events: what happened to a stack since `marker`, oldest first. Heat does not tell the types of the resources:
 * withTypes joins them.
 */
export async function listStackEvents(
  heat: ServiceClient,
  ref: StackRef,
  { marker, nestedDepth, limit }: ListEventsOptions = {},
  signal?: AbortSignal,
): Promise<StackEvent[]> {
  const { events } = await heat.get<{ events: WireEvent[] }>(['stacks', ref.name, ref.id, 'events'], {
    doing: `Reading the events of the Heat stack ${ref.name}`,
    ok: [200],
    query: { sort_dir: 'asc', marker, nested_depth: nestedDepth, limit },
    signal,
  });
  return events.map((event) => eventFrom(event, ref));
}

/** Events with the types of the resources that they are about; of a resource that is gone the type stays empty. */
export function withTypes(events: readonly StackEvent[], resources: readonly StackResource[]): StackEvent[] {
  const types = new Map(resources.map(({ stack, name, type }) => [`${stack.id}/${name}`, type]));
  return events.map((event) => ({
    ...event,
    resourceType: event.ofStack ? event.resourceType : (types.get(`${event.stack.id}/${event.resource}`) ?? ''),
  }));
}

function eventFrom(wire: WireEvent, root: StackRef): StackEvent {
  const stack = linkedStack(wire.links, 'stack') ?? root;
  const resourceId = wire.physical_resource_id ?? '';
  const ofStack = wire.resource_name === stack.name && resourceId === stack.id;
  return {
    id: wire.id,
    at: heatDate(wire.event_time),
    resource: wire.resource_name,
    resourceType: ofStack ? 'OS::Heat::Stack' : '',
    resourceId,
    stack,
    ofStack,
    status: wire.resource_status,
    ...statusParts(wire.resource_status),
    reason: wire.resource_status_reason ?? '',
  };
}
