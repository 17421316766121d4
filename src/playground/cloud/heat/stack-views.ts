import { ApiError } from '../http/api-error.ts';
import type { Exchange, Reply } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { badRequest, missing } from './errors.ts';
import { checkProject, resourceInPath, stackByName, stackInPath, withNested } from './find-stack.ts';
import { softwareConfigView } from './resources/software-config.ts';
import type { Stack } from './state.ts';
import {
  eventView,
  outputView,
  resourceDetail,
  resourceView,
  shownParameters,
  stackSummary,
  stackUrl,
  stackView,
} from './views.ts';

/** GET /stacks, newest first */
export function listStacks(world: World, exchange: Exchange, caller: Caller): Reply {
  checkProject(exchange, caller);
  const { query, url } = exchange;
  const found = [...world.heat.stacks.values()]
    .filter((stack) => stack.owner.projectId === caller.projectId && isAskedFor(stack, query))
    .reverse();
  const marker = query.get('marker');
  const start = marker === null ? 0 : found.findIndex(({ id }) => id === marker) + 1;
  const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  const stacks = page.map((stack) => stackSummary(world, stack));
  if (last === undefined || page.length < limit) return { status: 200, body: { stacks } };
  const next = new URL(url);
  next.searchParams.set('marker', last.id);
  return { status: 200, body: { stacks, links: [{ rel: 'next', href: next.href }] } };
}

function isAskedFor(stack: Stack, query: URLSearchParams): boolean {
  const list = (name: string): string[] =>
    query
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter((value) => value !== '');
  if (stack.parent !== undefined && !isTrue(query, 'show_nested')) return false;
  if (stack.deletedAt !== undefined && !isTrue(query, 'show_deleted')) return false;
  const among = (name: string, value: string): boolean => list(name).length === 0 || list(name).includes(value);
  return (
    among('name', stack.name) &&
    among('id', stack.id) &&
    among('action', stack.action) &&
    among('status', stack.status) &&
    list('tags').every((tag) => stack.tags.includes(tag)) &&
    (list('tags_any').length === 0 || list('tags_any').some((tag) => stack.tags.includes(tag))) &&
    !(list('not_tags').length > 0 && list('not_tags').every((tag) => stack.tags.includes(tag))) &&
    !list('not_tags_any').some((tag) => stack.tags.includes(tag))
  );
}

/** A stack that is named without its id is somewhere else, for every method. */
export function redirectToStack(world: World, exchange: Exchange, caller: Caller): Reply {
  checkProject(exchange, caller);
  const stack = stackByName(world, caller.projectId, exchange.params.name ?? '');
  const rest = /\/stacks\/[^/]+\/(resources|events|template|outputs)$/.exec(exchange.url.pathname)?.[1];
  const location = `${stackUrl(world, stack)}${rest === undefined ? '' : `/${rest}`}${exchange.url.search}`;
  return {
    status: 302,
    headers: { location, 'content-type': 'text/html; charset=UTF-8' },
    body: `<html><h1>302 Found</h1>${location}</html>`,
  };
}

/** GET /stacks/:name/:id */
export function showStack(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller);
  return { status: 200, body: { stack: stackView(world, stack, resolvesOutputs(exchange.query)) } };
}

function resolvesOutputs(query: URLSearchParams): boolean {
  const asked = query.get('resolve_outputs');
  if (asked === null || /^true$/i.test(asked)) return true;
  if (/^false$/i.test(asked)) return false;
  throw badRequest(`Unrecognized value "${asked}" for "resolve_outputs", acceptable values are: true, false.`);
}

const resourceFilters = [
  'nested_depth',
  'with_detail',
  'type',
  'name',
  'status',
  'action',
  'id',
  'physical_resource_id',
];

/** GET /stacks/:name/:id/resources */
export function listResources(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller);
  const { query } = exchange;
  const unknown = [...query.keys()].filter((key) => !resourceFilters.includes(key));
  if (unknown.length > 0)
    throw badRequest(`Invalid filter parameters [${unknown.map((key) => `'${key}'`).join(', ')}]`);
  const stacks = withNested(world, stack, depthOf(query)).filter(({ deletedAt }) => deletedAt === undefined);
  const types = query.getAll('type');
  const resources = stacks.flatMap((one) =>
    [...one.resources.values()]
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .map((resource) => ({
        ...resourceView(world, one, resource),
        ...(one.parent === undefined ? {} : { parent_resource: one.parent.resource }),
        ...(depthOf(query) > 0 ? { stack_identity: one.id } : {}),
      })),
  );
  return { status: 200, body: { resources } };
}

/** GET /stacks/:name/:id/resources/:resource */
export function showResource(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller);
  return { status: 200, body: { resource: resourceDetail(world, stack, resourceInPath(stack, exchange)) } };
}

/** GET /stacks/:name/:id/events */
export function listEvents(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller);
  const { query } = exchange;
  const depth = depthOf(query);
  // Nothing is below a stack that is gone, so Heat finds not even its own events this way.
  const stacks = depth > 0 && stack.deletedAt !== undefined ? [] : withNested(world, stack, depth);
  const byId = new Map(stacks.map((one) => [one.id, one]));
  const statuses = query.getAll('resource_status');
  const names = query.getAll('resource_name');
  const found = world.heat.events.filter(
    ({ stackId, status, resourceName }) =>
      byId.has(stackId) &&
      (statuses.length === 0 || statuses.includes(status)) &&
      (names.length === 0 || names.includes(resourceName)),
  );
  const ordered = query.get('sort_dir') === 'desc' ? found.reverse() : found;
  // A marker that is not known is no error; the list starts at its beginning.
  const start = ordered.findIndex(({ id }) => id === query.get('marker')) + 1;
  const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
  const events = ordered.slice(start, start + limit).map((event) => {
    const own = byId.get(event.stackId) ?? stack;
    return eventView(world, own, event, depth > 0 ? stack : undefined);
  });
  return { status: 200, body: { events } };
}

/** GET /stacks/:name/:id/outputs */
export function listOutputs(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller);
  const outputs = [...stack.template.outputs.values()].map(({ name, description }) => ({
    output_key: name,
    description: description ?? 'No description given',
  }));
  return { status: 200, body: { outputs } };
}

/** GET /stacks/:name/:id/outputs/:output */
export function showOutput(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller, true);
  const name = exchange.params.output ?? '';
  if (!stack.template.outputs.has(name)) {
    throw new ApiError(404, 'NotFound', `Specified output key ${name} not found.`);
  }
  return { status: 200, body: { output: outputView(world, stack, name) } };
}

/** GET /stacks/:name/:id/template */
export function showTemplate(world: World, exchange: Exchange, caller: Caller): Reply {
  return { status: 200, body: stackInPath(world, exchange, caller).template.raw };
}

/** GET /stacks/:name/:id/files */
export function showFiles(world: World, exchange: Exchange, caller: Caller): Reply {
  return { status: 200, body: stackInPath(world, exchange, caller).files };
}

/** GET /stacks/:name/:id/environment */
export function showEnvironment(world: World, exchange: Exchange, caller: Caller): Reply {
  const stack = stackInPath(world, exchange, caller);
  const shown = shownParameters(stack);
  const parameters = Object.fromEntries(
    Object.entries(stack.given).map(([name, value]) => [
      name,
      stack.template.parameters.get(name)?.hidden === true ? shown[name] : value,
    ]),
  );
  return {
    status: 200,
    body: {
      resource_registry: { resources: {} },
      parameters,
      parameter_defaults: {},
      event_sinks: [],
      encrypted_param_names: [],
    },
  };
}

/** GET /software_configs/:id */
export function showSoftwareConfig(world: World, exchange: Exchange, caller: Caller): Reply {
  checkProject(exchange, caller);
  const config = world.heat.softwareConfigs.get(exchange.params.id ?? '');
  if (config === undefined || config.projectId !== caller.projectId) {
    throw Object.assign(missing('Software config', exchange.params.id ?? ''), {
      message: `Software config with id ${exchange.params.id} not found`,
    });
  }
  return { status: 200, body: { software_config: softwareConfigView(config) } };
}

function depthOf(query: URLSearchParams): number {
  const depth = Number(query.get('nested_depth') ?? 0);
  if (!Number.isInteger(depth) || depth < 0) throw badRequest(`Only integer is acceptable by 'nested_depth'.`);
  return depth;
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return /^true$/i.test(query.get(name) ?? '');
}
