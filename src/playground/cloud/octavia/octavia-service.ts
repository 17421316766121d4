import type { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson, type Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { mapOf } from '../support/values.ts';
import type { World } from '../world.ts';
import { balancerOf, balancerView, createBalancer, deleteBalancer, visibleBalancers } from './balancers.ts';
import { createPart, partView } from './parts.ts';

const balancers = '/v2/lbaas/loadbalancers';

/** As much of Octavia v2 as load balancers need to come about, to be found and to go; the rest of it only Heat uses. */
export const octavia: Service = {
  name: 'octavia',
  prefix: '/load-balancer',
  routes: [
    { method: 'GET', path: balancers, handle: listBalancers },
    { method: 'POST', path: balancers, handle: makeBalancer },
    { method: 'GET', path: `${balancers}/:id`, handle: showBalancer },
    { method: 'DELETE', path: `${balancers}/:id`, handle: removeBalancer },
    { method: 'POST', path: '/v2/lbaas/listeners', handle: makeListener },
  ],
  refuse: ({ status, type, message }: ApiError) => ({
    status,
    body: status === 401 ? {} : { faultcode: type, faultstring: message, debuginfo: null },
  }),
};

/** Filters that Octavia knows of what rows have; pages by limit and marker. */
function listBalancers(world: World, { query, url }: Exchange, caller: Caller): Reply {
  const rows = visibleBalancers(world, caller).map((one) => balancerView(world, one));
  const filters = [...query].filter(([key]) => key !== 'limit' && key !== 'marker');
  // The database does not mind capital letters.
  const found = rows.filter((row) =>
    filters.every(([key, value]) => String(row[key] ?? '').toLowerCase() === value.toLowerCase()),
  );
  const start = found.findIndex(({ id }) => id === query.get('marker')) + 1;
  const limit = Number(query.get('limit') ?? found.length);
  const page = found.slice(start, start + limit);
  const next = new URL(url);
  next.searchParams.set('marker', String(page.at(-1)?.id ?? ''));
  const hasNext = start + limit < found.length;
  const loadbalancers_links = hasNext ? [{ rel: 'next', href: next.href }] : [];
  return { status: 200, body: { loadbalancers: page, loadbalancers_links } };
}

async function makeBalancer(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const made = createBalancer(world, caller, mapOf((await readJson(exchange)).loadbalancer));
  return { status: 201, body: { loadbalancer: balancerView(world, made) } };
}

function showBalancer(world: World, { params: { id = '' } }: Exchange, caller: Caller): Reply {
  return { status: 200, body: { loadbalancer: balancerView(world, balancerOf(world, caller, id)) } };
}

function removeBalancer(world: World, { params: { id = '' }, query }: Exchange, caller: Caller): Reply {
  deleteBalancer(world, caller, id, /^true$/i.test(query.get('cascade') ?? ''));
  return { status: 204 };
}

async function makeListener(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const made = createPart(world, caller, 'listener', mapOf((await readJson(exchange)).listener));
  return { status: 201, body: { listener: partView(made) } };
}
