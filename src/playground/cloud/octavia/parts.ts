import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../keystone/state.ts';
import { uuid } from '../support/ids.ts';
import { textOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { balancerOf, changing } from './balancers.ts';
import { type OctaviaState, type Part, removeParts } from './state.ts';

type Attributes = Record<string, unknown>;

/** What each kind of part is called in Octavia's sentences. */
const words = { listener: 'Listener', pool: 'Pool', member: 'Member', healthmonitor: 'Health Monitor' } as const;

/**
 * Adds something to a load balancer: a listener to itself, a pool to a listener, a member or a monitor to a pool. 409 while
 * another change is under way, 404 for something that is not there.
 */
export function createPart(world: World, caller: Caller, kind: Part['kind'], given: Attributes): Part {
  const parent = parentOf(world.octavia, caller, given);
  const balancer = balancerOf(world, caller, parent?.balancerId ?? String(given.loadbalancer_id ?? ''));
  changing(world, balancer);
  const part: Part = {
    id: uuid(),
    name: textOf(given.name) ?? '',
    projectId: caller.projectId,
    kind,
    balancerId: balancer.id,
    parentId: parent?.id,
    attributes: given,
  };
  world.octavia.parts.set(part.id, part);
  return part;
}

/** The part of that kind, or a 404. */
export function partOf(octavia: OctaviaState, caller: Caller, kind: Part['kind'], id: string): Part {
  const found = octavia.parts.get(id);
  if (found?.kind === kind && (caller.isAdmin || found.projectId === caller.projectId)) return found;
  throw new ApiError(404, 'Client', `${words[kind]} ${id} not found.`);
}

/** Takes a part away, with what is on it. 409 while another change is under way. */
export function deletePart(world: World, caller: Caller, kind: Part['kind'], id: string): void {
  const part = partOf(world.octavia, caller, kind, id);
  changing(world, balancerOf(world, caller, part.balancerId));
  removeParts(world.octavia, (other) => other.id === id || other.parentId === id);
}

/** A part as the wire has it. */
export function partView({ id, name, projectId, attributes }: Part): Attributes {
  return { ...attributes, id, name, project_id: projectId, provisioning_status: 'ACTIVE', operating_status: 'ONLINE' };
}

function parentOf(octavia: OctaviaState, caller: Caller, given: Attributes): Part | undefined {
  if (given.pool_id !== undefined) return partOf(octavia, caller, 'pool', String(given.pool_id));
  if (given.listener_id !== undefined) return partOf(octavia, caller, 'listener', String(given.listener_id));
  return undefined;
}
