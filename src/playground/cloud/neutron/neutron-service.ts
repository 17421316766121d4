import { type Exchange, type Reply, type Route, readJson, type Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { attributesOf } from './attributes.ts';
import { type Collection, collections } from './collections.ts';
import { extensions } from './extensions.ts';
import { listing } from './listing.ts';
import { quotaRoutes } from './quota-routes.ts';
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
    { method: 'GET', path: '/v2.0/extensions', handle: () => ({ status: 200, body: { extensions } }) },
    { method: 'PUT', path: '/v2.0/routers/:id/add_router_interface', handle: joinSubnet },
    { method: 'PUT', path: '/v2.0/routers/:id/remove_router_interface', handle: partSubnet },
    ...quotaRoutes,
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
  const { thing, plural, attributes, update } = collection;
  const routes: Route[] = [
    {
      method: 'POST',
      path,
      handle: async (world, exchange, caller) => {
        const given = attributesOf(await readJson(exchange), thing, attributes);
        return { status: 201, body: { [thing]: collection.create(world.neutron, caller, given) } };
      },
    },
    {
      method: 'GET',
      path,
      handle: ({ neutron: state }, exchange, caller) => ({
        status: 200,
        body: listing(exchange, plural, thing, collection.list(state, caller)),
      }),
    },
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

async function joinSubnet(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const given = await readJson(exchange);
  return { status: 200, body: addInterface(world.neutron, caller, exchange.params.id ?? '', given) };
}

async function partSubnet(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const given = await readJson(exchange);
  return { status: 200, body: removeInterface(world.neutron, caller, exchange.params.id ?? '', given) };
}
