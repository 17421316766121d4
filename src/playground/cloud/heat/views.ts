import { seconds } from '../support/times.ts';
import { mapOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { attributeOf, outputOf } from './engine/looks.ts';
import { engine } from './engine/stack-lifecycle.ts';
import { typeOf } from './resources/types.ts';
import type { HeatEvent, Resource, Stack } from './state.ts';
import { shownValue } from './template/parameters.ts';

type View = Record<string, unknown>;

/** Where a stack is. */
export function stackUrl(world: World, stack: Stack): string {
  return `${world.baseUrl}/orchestration/v1/${stack.owner.projectId}/stacks/${stack.name}/${stack.id}`;
}

/** A stack as listings have it. */
export function stackSummary(world: World, stack: Stack): View {
  return {
    id: stack.id,
    links: [{ href: stackUrl(world, stack), rel: 'self' }],
    stack_name: stack.name,
    description: '',
    stack_status: `${stack.action}_${stack.status}`,
    stack_status_reason: stack.reason,
    creation_time: seconds(stack.createdAt),
    updated_time: time(stack.updatedAt),
    deletion_time: time(stack.deletedAt),
    stack_owner: stack.owner.userName,
    parent: stack.parent?.stackId ?? null,
    stack_user_project_id: stack.userProjectId,
    tags: stack.tags.length === 0 ? null : stack.tags,
  };
}

/** A stack with all that it is made of. */
export function stackView(world: World, stack: Stack, withOutputs: boolean): View {
  const description = stack.template.description ?? 'No description';
  return {
    ...stackSummary(world, stack),
    tags: stack.tags,
    notification_topics: [],
    parameters: shownParameters(stack),
    description,
    template_description: description,
    capabilities: [],
    disable_rollback: true,
    timeout_mins: stack.timeoutMinutes,
    ...(withOutputs && stack.deletedAt === undefined ? { outputs: outputs(world, stack) } : {}),
  };
}

/** The parameters of a stack as they may be shown. */
export function shownParameters(stack: Stack): Record<string, string> {
  return Object.fromEntries(
    [...stack.parameters].map(([name, value]) => [name, shownValue(stack.template.parameters.get(name), value)]),
  );
}

/** One output. */
export function outputView(world: World, stack: Stack, name: string): View {
  const description = stack.template.outputs.get(name)?.description ?? 'No description given';
  try {
    return { output_key: name, description, output_value: outputOf(world, engine, stack, name) };
  } catch (error) {
    // An output that cannot be told says why; the others are not its fault.
    const output_error = error instanceof Error ? error.message : String(error);
    return { output_key: name, description, output_error, output_value: null };
  }
}

/** A resource as listings have it. */
export function resourceView(world: World, stack: Stack, resource: Resource): View {
  const url = stackUrl(world, stack);
  const nested = world.heat.stacks.get(resource.nestedStackId ?? '');
  return {
    resource_name: resource.name,
    logical_resource_id: resource.name,
    physical_resource_id: resource.physicalId,
    resource_type: resource.type,
    resource_status: `${resource.action}_${resource.status}`,
    resource_status_reason: resource.reason,
    creation_time: seconds(resource.createdAt),
    updated_time: seconds(resource.updatedAt),
    links: [
      { href: `${url}/resources/${resource.name}`, rel: 'self' },
      { href: url, rel: 'stack' },
      ...(nested === undefined ? [] : [{ href: stackUrl(world, nested), rel: 'nested' }]),
    ],
    required_by: resource.requiredBy,
  };
}

/** A resource with its attributes. */
export function resourceDetail(world: World, stack: Stack, resource: Resource): View {
  const { attributes } = typeOf(resource.type, stack.files);
  const names = attributes.filter((name) => name !== 'outputs_list' && name !== 'outputs');
  const values = Object.fromEntries(
    names.map((name) => [name, attributeOf(world, engine, stack, resource.name, name)]),
  );
  const shown = mapOf(shownByService(world, stack, resource));
  return { ...resourceView(world, stack, resource), description: '', attributes: { ...values, ...shown } };
}

/** An event, with a link to the stack at the top when events from below it are listed too. */
export function eventView(world: World, stack: Stack, event: HeatEvent, root: Stack | undefined): View {
  const url = stackUrl(world, stack);
  const ofResource = `${url}/resources/${event.resourceName}`;
  return {
    id: event.id,
    links: [
      { href: `${ofResource}/events/${event.id}`, rel: 'self' },
      { href: ofResource, rel: 'resource' },
      { href: url, rel: 'stack' },
      ...(root === undefined ? [] : [{ href: stackUrl(world, root), rel: 'root_stack' }]),
    ],
    event_time: seconds(event.at),
    logical_resource_id: event.resourceName,
    resource_name: event.resourceName,
    physical_resource_id: event.physicalId,
    resource_status: event.status,
    resource_status_reason: event.reason,
  };
}

function outputs(world: World, stack: Stack): View[] {
  return [...stack.template.outputs.keys()].map((name) => outputView(world, stack, name));
}

/** What a service itself says of the thing; `id` is what people look for there. */
function shownByService(world: World, stack: Stack, { type, physicalId, name }: Resource): unknown {
  if (!/^OS::(Neutron|Nova)::/.test(type) || physicalId === '') return {};
  const extra = ['id', 'name', 'status', 'fixed_ips', 'floating_ip_address'].map((one) => [
    one,
    attributeOf(world, engine, stack, name, one),
  ]);
  return { ...Object.fromEntries(extra.filter(([, value]) => value !== null && value !== undefined)), id: physicalId };
}

function time(at: Date | undefined): string | null {
  return at === undefined ? null : seconds(at);
}
