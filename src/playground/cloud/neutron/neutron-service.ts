import { type Exchange, type Reply, type Route, readJson, type Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { attributesOf } from './attributes.ts';
import { type Collection, collections } from './collections.ts';
import { badRequest } from './errors.ts';
import { quotas, quotaUsage } from './quotas.ts';
import { addInterface, removeInterface } from './routers.ts';

const unauthorizedBody = {
  code: 401,
  title: 'Unauthorized',
  message: 'The request you have made requires authentication.',
};

/** Neutron v2.0. */
export const neutron: Service = {
  name: 'neutron',
  prefix: '/network',
  routes: [
    { method: 'GET', path: '/', open: showVersions },
    { method: 'GET', path: '/v2.0', handle: showResources },
    { method: 'GET', path: '/v2.0/', handle: showResources },
    { method: 'GET', path: '/v2.0/extensions', handle: () => ({ status: 200, body: { extensions: [] } }) },
    { method: 'GET', path: '/v2.0/quotas/:project', handle: () => ({ status: 200, body: { quota: quotas() } }) },
    { method: 'GET', path: '/v2.0/quotas/:project/details.json', handle: showUsage },
    { method: 'GET', path: '/v2.0/quotas/:project/details', handle: showUsage },
    { method: 'PUT', path: '/v2.0/routers/:id/add_router_interface', handle: joinSubnet },
    { method: 'PUT', path: '/v2.0/routers/:id/remove_router_interface', handle: partSubnet },
    ...collections.flatMap(routesOf),
  ],
  refuse: (error, exchange) =>
    error.status === 401
      ? {
          status: 401,
          headers: { 'www-authenticate': `Keystone uri="${exchange.url.origin}/identity"` },
          body: { error: unauthorizedBody },
        }
      : { status: error.status, body: { NeutronError: { type: error.type, message: error.message, detail: '' } } },
};

function routesOf(collection: Collection): Route[] {
  const path = `/v2.0/${collection.plural.replaceAll('_', '-')}`;
  const { thing, attributes, update } = collection;
  const routes: Route[] = [
    {
      method: 'POST',
      path,
      handle: async (world, exchange, caller) => {
        const given = attributesOf(await readJson(exchange), thing, attributes);
        return { status: 201, body: { [thing]: collection.create(world.neutron, caller, given) } };
      },
    },
    { method: 'GET', path, handle: (world, exchange, caller) => list(world, exchange, caller, collection) },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: (world, { params }, caller) => ({
        status: 200,
        body: { [thing]: collection.show(world.neutron, caller, params.id ?? '') },
      }),
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: (world, { params }, caller) => {
        collection.remove(world.neutron, caller, params.id ?? '');
        return { status: 204 };
      },
    },
  ];
  if (update === undefined) return routes;
  return [
    ...routes,
    {
      method: 'PUT',
      path: `${path}/:id`,
      handle: async (world, exchange, caller) => {
        const given = attributesOf(await readJson(exchange), thing, attributes);
        return { status: 200, body: { [thing]: update(world.neutron, caller, exchange.params.id ?? '', given) } };
      },
    },
  ];
}

const reserved = ['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir'];

function list(world: World, exchange: Exchange, caller: Caller, { plural, list: all }: Collection): Reply {
  const { query, url } = exchange;
  const found = all(world.neutron, caller).filter((thing) => isAskedFor(thing, query));
  const marker = query.get('marker');
  const start = marker === null ? 0 : found.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && start === 0) throw badRequest('HTTPBadRequest', `Invalid marker ${marker}`);
  const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
  const page = found.slice(start, start + limit);
  const body: Record<string, unknown> = { [plural]: page.map((thing) => fieldsOf(thing, query.getAll('fields'))) };
  const last = page.at(-1);
  if (last !== undefined && start + page.length < found.length) {
    const next = new URL(url);
    next.searchParams.set('marker', String(last.id));
    body[`${plural}_links`] = [{ rel: 'next', href: next.href }];
  }
  return { status: 200, body };
}

function isAskedFor(thing: Record<string, unknown>, query: URLSearchParams): boolean {
  const keys = new Set([...query.keys()].filter((key) => !reserved.includes(key)));
  return [...keys].every((key) => query.getAll(key).some((value) => matches(thing, key, value)));
}

function matches(thing: Record<string, unknown>, key: string, asked: string): boolean {
  if (key === 'fixed_ips') return JSON.stringify(thing.fixed_ips ?? []).includes(`"${asked.split('=')[1] ?? ''}"`);
  const value = thing[key];
  if (typeof value === 'boolean') return String(value) === asked.toLowerCase();
  if (Array.isArray(value)) return asked.split(',').every((one) => value.includes(one));
  return String(value ?? '') === asked;
}

function fieldsOf(thing: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  if (fields.length === 0) return thing;
  return Object.fromEntries(Object.entries(thing).filter(([key]) => fields.includes(key)));
}

function showVersions(world: World): Reply {
  const links = [{ rel: 'self', href: `${world.baseUrl}/network/v2.0/` }];
  return { status: 200, body: { versions: [{ id: 'v2.0', status: 'CURRENT', links }] } };
}

function showResources(world: World): Reply {
  const resources = collections.map(({ thing, plural }) => ({
    name: thing,
    collection: plural,
    links: [{ rel: 'self', href: `${world.baseUrl}/network/v2.0/${plural.replaceAll('_', '-')}` }],
  }));
  return { status: 200, body: { resources } };
}

function showUsage(world: World, { params }: Exchange): Reply {
  return { status: 200, body: { quota: quotaUsage(world.neutron, params.project ?? '') } };
}

async function joinSubnet(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const given = await readJson(exchange);
  return { status: 200, body: addInterface(world.neutron, caller, exchange.params.id ?? '', given) };
}

async function partSubnet(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const given = await readJson(exchange);
  return { status: 200, body: removeInterface(world.neutron, caller, exchange.params.id ?? '', given) };
}
