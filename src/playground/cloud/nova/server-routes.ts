import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { links, serverSummary, serverView } from './server-view.ts';
import { createServer, deleteServer, serverOf, serverPorts, serversOf } from './servers.ts';
import type { Server } from './state.ts';

/** GET /servers */
export function listServers(world: World, exchange: Exchange, caller: Caller): Reply {
  const { page, more } = pageOf(world, exchange, caller);
  return { status: 200, body: { servers: page.map((server) => serverSummary(world, server)), ...more } };
}

/** GET /servers/detail */
export function showServers(world: World, exchange: Exchange, caller: Caller, version: string): Reply {
  const { page, more } = pageOf(world, exchange, caller);
  return { status: 200, body: { servers: page.map((server) => serverView(world, server, caller, version)), ...more } };
}

/** POST /servers */
export async function makeServer(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const server = createServer(world, caller, await readJson(exchange));
  return {
    status: 202,
    headers: { location: `${world.baseUrl}/compute/v2.1/servers/${server.id}` },
    body: {
      server: {
        id: server.id,
        links: links(world, server.id),
        'OS-DCF:diskConfig': 'MANUAL',
        security_groups: server.securityGroups.map((name) => ({ name })),
        adminPass: server.id.slice(0, 8),
      },
    },
  };
}

/** GET /servers/:id */
export function showServer(world: World, { params }: Exchange, caller: Caller, version: string): Reply {
  const server = serverOf(world, caller, params.id ?? '');
  return { status: 200, body: { server: serverView(world, server, caller, version) } };
}

/** DELETE /servers/:id */
export function removeServer(world: World, { params }: Exchange, caller: Caller): Reply {
  deleteServer(world, caller, params.id ?? '');
  return { status: 204 };
}

/** POST /servers/:id/action; the console is the one thing that an inert server has to say. */
export async function actOnServer(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const [action = ''] = Object.keys(await readJson(exchange));
  serverOf(world, caller, exchange.params.id ?? '');
  if (action === 'os-getConsoleOutput') {
    return {
      status: 200,
      body: { output: 'This server is one of the playground: it has a name and addresses, and never boots.\n' },
    };
  }
  if (action === 'reboot') return { status: 202 };
  throw new ApiError(400, 'badRequest', `There is no such action: ${action}`);
}

/** GET /servers/:id/os-interface */
export function showInterfaces(world: World, { params }: Exchange, caller: Caller): Reply {
  const ports = serverPorts(world, serverOf(world, caller, params.id ?? ''));
  const interfaceAttachments = ports.map((port) => ({
    net_id: port.networkId,
    port_id: port.id,
    mac_addr: port.mac,
    port_state: port.status,
    fixed_ips: port.fixedIps,
  }));
  return { status: 200, body: { interfaceAttachments } };
}

const mostPerPage = 1000;

function pageOf(world: World, exchange: Exchange, caller: Caller): { page: Server[]; more: object } {
  const { query, url } = exchange;
  const all = query.has('all_tenants') && !['0', 'false'].includes(query.get('all_tenants')?.toLowerCase() ?? '');
  if (all && !caller.isAdmin) {
    throw new ApiError(
      403,
      'forbidden',
      "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.",
    );
  }
  const found = serversOf(world, caller, all).filter((server) => isAskedFor(server, query));
  const marker = query.get('marker');
  const start = marker === null ? 0 : found.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && start === 0) throw new ApiError(400, 'badRequest', `marker [${marker}] not found`);
  const limit = Math.min(Number(query.get('limit') ?? mostPerPage), mostPerPage);
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  if (last === undefined || page.length < limit) return { page, more: {} };
  const next = new URL(url);
  next.searchParams.set('marker', last.id);
  return { page, more: { servers_links: [{ rel: 'next', href: next.href }] } };
}

/** Nova takes `name` for a regular expression that fits anywhere. */
function isAskedFor(server: Server, query: URLSearchParams): boolean {
  const name = query.get('name');
  const status = query.get('status');
  return (name === null || fits(name, server.name)) && (status === null || server.status === status.toUpperCase());
}

function fits(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'i').test(name);
  } catch {
    return name.includes(pattern);
  }
}
