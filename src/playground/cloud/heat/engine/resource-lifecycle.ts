import { ApiError } from '../../http/api-error.ts';
import { shortId, uuid } from '../../support/ids.ts';
import { isMap, sameJson } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { failureLine, ResourceFailed } from '../errors.ts';
import { resolve } from '../functions/resolve.ts';
import type { Engine, ResourceType, ResourceWork } from '../resources/resource-type.ts';
import { typeOf } from '../resources/types.ts';
import type { Action, Resource, Stack } from '../state.ts';
import type { ResourceDefinition } from '../template/template.ts';
import { setResourceState } from './events.ts';
import { PropertyError, typedProperties } from './properties.ts';
import { stackScope } from './stack-scope.ts';

/** Everything that is needed to work on a stack's resources. */
export interface Site {
  world: World;
  engine: Engine;
  stack: Stack;
  signal: AbortSignal;
}

/** A resource of which nothing exists yet. */
export function newResource(stack: Stack, definition: ResourceDefinition): Resource {
  const now = new Date();
  const limit = typeOf(definition.type, stack.files).longestName ?? 255;
  return {
    name: definition.name,
    type: definition.type,
    physicalName: shortened(`${stack.name}-${definition.name}-${shortId()}`, limit),
    physicalId: '',
    action: 'INIT',
    status: 'COMPLETE',
    reason: '',
    createdAt: now,
    updatedAt: now,
    properties: {},
    requiredBy: [],
    data: new Map(),
    signals: new Map(),
    nestedStackId: undefined,
  };
}

/**
 * Brings a resource to where its definition wants it: makes it, changes it in place, or replaces it.
 *
 * @throws ResourceFailed after the resource's own state and event have said so.
 */
export async function ensureResource(site: Site, definition: ResourceDefinition, action: Action): Promise<void> {
  const { stack } = site;
  const existing = stack.resources.get(definition.name);
  if (existing === undefined || existing.action === 'INIT') {
    await makeResource(site, existing ?? newResource(stack, definition), definition);
    return;
  }
  if (isBroken(existing, definition)) {
    await replaceResource(site, existing, definition);
    return;
  }
  if (action === 'UPDATE') await changeResource(site, existing, definition);
}

/** Takes away what a resource stands for, and tells. */
export async function removeResource(site: Site, resource: Resource): Promise<void> {
  const { world, stack } = site;
  const type = typeOf(resource.type, stack.files);
  if (resource.action === 'INIT') return;
  setResourceState(world, stack, resource, 'DELETE', 'IN_PROGRESS');
  await attempt(site, resource, 'DELETE', async () => {
    await world.pacing.spend('resource', site.signal);
    await type.remove?.(workOn(site, resource, resource.properties));
  });
  setResourceState(world, stack, resource, 'DELETE', 'COMPLETE');
}

async function makeResource(site: Site, resource: Resource, definition: ResourceDefinition): Promise<void> {
  const { world, stack } = site;
  stack.resources.set(resource.name, resource);
  const type = typeOf(definition.type, stack.files);
  setResourceState(world, stack, resource, 'CREATE', 'IN_PROGRESS');
  await attempt(site, resource, 'CREATE', async () => {
    resource.properties = wantedProperties(site, type, definition);
    await world.pacing.spend(type.pace ?? 'resource', site.signal);
    await type.create(workOn(site, resource, resource.properties));
    if (resource.physicalId === '' && type.reference === undefined) resource.physicalId = uuid();
  });
  setResourceState(world, stack, resource, 'CREATE', 'COMPLETE');
}

async function changeResource(site: Site, resource: Resource, definition: ResourceDefinition): Promise<void> {
  const { world, stack } = site;
  const type = typeOf(definition.type, stack.files);
  let wanted: Record<string, unknown> = {};
  await attempt(site, resource, 'UPDATE', async () => {
    wanted = wantedProperties(site, type, definition);
  });
  const changed = changedProperties(type, resource, wanted);
  // A stack below may have a new template although its properties are as they were.
  if (changed.length === 0 && resource.nestedStackId === undefined) return;
  setResourceState(world, stack, resource, 'UPDATE', 'IN_PROGRESS');
  if (!canChange(type, changed)) {
    setResourceState(
      world,
      stack,
      resource,
      'UPDATE',
      'COMPLETE',
      `The Resource ${resource.name} requires replacement.`,
    );
    await replaceResource(site, resource, definition);
    return;
  }
  await attempt(site, resource, 'UPDATE', async () => {
    await world.pacing.spend('update', site.signal);
    await type.update?.(workOn(site, resource, wanted), changed);
    resource.properties = wanted;
  });
  setResourceState(world, stack, resource, 'UPDATE', 'COMPLETE');
}

/** What an update would do to a resource. */
export type Fate = 'added' | 'replaced' | 'updated' | 'unchanged';

/** What ensureResource would do in an update. `site.stack` is the stack as it would be. */
export function fateOf(site: Omit<Site, 'signal'>, definition: ResourceDefinition): Fate {
  const existing = site.stack.resources.get(definition.name);
  if (existing === undefined || existing.action === 'INIT') return 'added';
  if (isBroken(existing, definition)) return 'replaced';
  const type = typeOf(definition.type, site.stack.files);
  const changed = changedProperties(type, existing, wantedProperties(site, type, definition));
  if (!canChange(type, changed)) return 'replaced';
  return changed.length > 0 || existing.nestedStackId !== undefined ? 'updated' : 'unchanged';
}

/** What failed is made anew; but a stack inside goes on from where it stopped. */
function isBroken({ type, status, nestedStackId }: Resource, definition: ResourceDefinition): boolean {
  return type !== definition.type || (status !== 'COMPLETE' && nestedStackId === undefined);
}

function changedProperties(type: ResourceType, resource: Resource, wanted: Record<string, unknown>): string[] {
  const names = Object.keys({ ...wanted, ...resource.properties });
  const differs = names.filter((name) => !sameJson(wanted[name], resource.properties[name]));
  return differs.filter((name) => type.ignores?.(name, wanted) !== true);
}

function canChange(type: ResourceType, changed: readonly string[]): boolean {
  return (
    changed.length === 0 || (type.update !== undefined && changed.every((name) => type.properties[name]?.updatable))
  );
}

/** The new one first, so that what refers to it can move over; then the old one goes. */
async function replaceResource(site: Site, old: Resource, definition: ResourceDefinition): Promise<void> {
  await makeResource(site, newResource(site.stack, definition), definition);
  await removeResource(site, old);
}

function wantedProperties(
  { world, engine, stack }: Omit<Site, 'signal'>,
  type: ResourceType,
  definition: ResourceDefinition,
): Record<string, unknown> {
  const resolved = resolve(definition.properties, stackScope(world, engine, stack));
  const given = isMap(resolved) ? resolved : {};
  return typedProperties(type.properties, given, `resources.${definition.name}.properties`, {
    world,
    caller: stack.owner,
  });
}

function workOn(site: Site, resource: Resource, properties: Record<string, unknown>): ResourceWork {
  return { ...site, resource, caller: site.stack.owner, properties };
}

/** Does something to a resource; if it goes wrong, says so in Heat's words and rejects with ResourceFailed. */
async function attempt(site: Site, resource: Resource, action: Action, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const reason = failureReason(site, resource, action, error);
    setResourceState(site.world, site.stack, resource, action, 'FAILED', reason);
    throw new ResourceFailed(reason);
  }
}

function failureReason(site: Site, resource: Resource, action: Action, error: unknown): string {
  if (site.signal.aborted) return `${action} aborted (${site.signal.reason})`;
  if (error instanceof ResourceFailed) return error.message;
  const path = `resources.${resource.name}`;
  if (error instanceof PropertyError) return failureLine('Property error', error.path, error.message);
  if (error instanceof ApiError) return apiFailure(resource, path, error);
  const name = error instanceof Error && error.name !== 'Error' ? error.name : 'Error';
  return failureLine(name, path, error instanceof Error ? error.message : String(error));
}

function apiFailure(resource: Resource, path: string, error: ApiError): string {
  // Heat refused a stack below; its sentence has a path of its own.
  if (error.type === 'StackValidationFailed') return failureLine('', path, error.message.replaceAll(': : ', ': '));
  return failureLine(exceptionNames[error.status] ?? 'ClientException', path, clientMessage(resource.type, error));
}

const exceptionNames: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
};

/** Each service's client library adds its own ending. */
function clientMessage(type: string, error: ApiError): string {
  const requestId = `req-${uuid()}`;
  if (type.startsWith('OS::Neutron::')) return `${error.message}\nNeutron server returns request_ids: ['${requestId}']`;
  if (type.startsWith('OS::Nova::')) return `${error.message} (HTTP ${error.status}) (Request-ID: ${requestId})`;
  if (type.startsWith('OS::Swift::'))
    return `Container operation failed: ${error.status} ${exceptionNames[error.status] ?? ''}`.trim();
  return error.message;
}

/** Heat keeps the first two characters and the end of a name that is too long. */
function shortened(name: string, limit: number): string {
  return name.length <= limit ? name : `${name.slice(0, 2)}-${name.slice(-(limit - 3))}`;
}
