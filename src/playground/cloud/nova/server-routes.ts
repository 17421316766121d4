import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, readJson } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import type { World } from '../world.ts';
import { consoleOutput } from './console.ts';
import { pageOf } from './paging.ts';
import { links, serverSummary, serverView } from './server-view.ts';
import { createServer, deleteServer, serverOf, serverPorts, serversOf } from './servers.ts';
import type { Server } from './state.ts';

/** GET /servers */
export function listServers(world: World, exchange: Exchange, caller: Caller): Reply {
  const view = (server: Server) => serverSummary(world, server);
  const body = pageOf(exchange, askedFor(world, exchange, caller), { key: 'servers', markerOf: ({ id }) => id, view });
  return { status: 200, body };
}

/** GET /servers/detail */
export function showServers(world: World, exchange: Exchange, caller: Caller, version: string): Reply {
  const view = (server: Server) => {
    const { fault, ...shown } = serverView(world, server, caller, version);
    // Nova looks for faults where servers with a host are.
    return server.launchedAt === undefined || fault === undefined ? shown : { ...shown, fault };
  };
  const body = pageOf(exchange, askedFor(world, exchange, caller), { key: 'servers', markerOf: ({ id }) => id, view });
  return { status: 200, body };
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
  const [[action, about] = ['', undefined]] = Object.entries(await readJson(exchange));
  const server = serverOf(world, caller, exchange.params.id ?? '');
  if (action === 'os-getConsoleOutput') return { status: 200, body: { output: consoleOutput(server, about) } };
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

function askedFor(world: World, { query }: Exchange, caller: Caller): Server[] {
  const all = query.has('all_tenants') && !['0', 'false'].includes(query.get('all_tenants')?.toLowerCase() ?? '');
  if (all && !caller.isAdmin) {
    throw new ApiError(
      403,
      'forbidden',
      "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.",
    );
  }
  return serversOf(world, caller, all).filter((server) => isAskedFor(server, query));
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
