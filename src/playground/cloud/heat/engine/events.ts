import { uuid } from '../../support/ids.ts';
import type { World } from '../../world.ts';
import type { Action, Resource, Stack, Status } from '../state.ts';

/** Heat cuts the reasons of events, though not those of stacks and resources. */
const longestReason = 255;

/** Brings a resource into a state, and tells. */
export function setResourceState(
  world: World,
  stack: Stack,
  resource: Resource,
  action: Action,
  status: Status,
  reason = 'state changed',
): void {
  Object.assign(resource, { action, status, reason, updatedAt: new Date() });
  tellOfResource(world, stack, resource, `${action}_${status}`, reason);
}

/** Tells of a resource without changing its state. */
export function tellOfResource(world: World, stack: Stack, resource: Resource, status: string, reason: string): void {
  world.heat.events.push({
    id: uuid(),
    at: new Date(),
    stackId: stack.id,
    resourceName: resource.name,
    resourceType: resource.type,
    physicalId: resource.physicalId === '' ? resource.physicalName : resource.physicalId,
    status,
    reason: reason.slice(0, longestReason),
  });
}

/** Brings a stack into a state, and tells. */
export function setStackState(world: World, stack: Stack, action: Action, status: Status, reason: string): void {
  Object.assign(stack, { action, status, reason });
  world.log.debug({ stack: stack.name, action, status, reason }, 'stack');
  world.heat.events.push({
    id: uuid(),
    at: new Date(),
    stackId: stack.id,
    resourceName: stack.name,
    resourceType: 'OS::Heat::Stack',
    physicalId: stack.id,
    status: `${action}_${status}`,
    reason: reason.slice(0, longestReason),
  });
}
