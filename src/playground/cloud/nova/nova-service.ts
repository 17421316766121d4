import { ApiError } from '../http/api-error.ts';
import { type Exchange, type Reply, type Route, readJson, type Service } from '../http/exchange.ts';
import type { Caller } from '../keystone/state.ts';
import { htmlPage } from '../support/html.ts';
import type { World } from '../world.ts';
import { flavorOf, flavorSummary, flavorsOf, flavorView } from './flavors.ts';
import { hypervisorView } from './hypervisors.ts';
import { createKeypair, deleteKeypair, keypairOf, keypairSummary, keypairsOf, keypairView } from './keypairs.ts';
import { atLeast, microversionHeaders, microversionOf, newestMicroversion } from './microversion.ts';
import { limitOf, pageOf, wholeNumber } from './paging.ts';
import { limitsView, quotaSet, setQuota } from './quotas.ts';
import {
  createServerGroup,
  deleteServerGroup,
  serverGroupOf,
  serverGroupsOf,
  serverGroupView,
} from './server-groups.ts';
import {
  actOnServer,
  listServers,
  makeServer,
  removeServer,
  showInterfaces,
  showServer,
  showServers,
} from './server-routes.ts';
import type { Flavor, Keypair } from './state.ts';

const root = '/v2.1';

/** Nova v2.1. */
export const nova: Service = {
  name: 'nova',
  prefix: '/compute',
  routes: [
    { method: 'GET', path: '/', open: (world) => ({ status: 200, body: { versions: [version(world)] } }) },
    { method: 'GET', path: root, open: (world) => ({ status: 200, body: { version: version(world) } }) },
    { method: 'GET', path: `${root}/`, open: (world) => ({ status: 200, body: { version: version(world) } }) },
    ...spoken([
      ['GET', '/flavors', listFlavors],
      ['GET', '/flavors/detail', showFlavors],
      [
        'GET',
        '/flavors/:id',
        (world, { params }) => ok({ flavor: flavorView(world.baseUrl, flavorOf(world.nova, params.id ?? '')) }),
      ],
      ['GET', '/flavors/:id/os-extra_specs', () => ok({ extra_specs: {} })],
      ['GET', '/os-keypairs', listKeypairs],
      ['POST', '/os-keypairs', importKeypair],
      ['GET', '/os-keypairs/:name', showKeypair],
      ['DELETE', '/os-keypairs/:name', removeKeypair],
      ['GET', '/servers', listServers],
      ['POST', '/servers', makeServer],
      ['GET', '/servers/detail', showServers],
      ['GET', '/servers/:id', showServer],
      ['DELETE', '/servers/:id', removeServer],
      ['POST', '/servers/:id/action', actOnServer],
      ['GET', '/servers/:id/os-interface', showInterfaces],
      ['GET', '/os-server-groups', listServerGroups],
      ['POST', '/os-server-groups', makeServerGroup],
      ['GET', '/os-server-groups/:id', showServerGroup],
      ['DELETE', '/os-server-groups/:id', removeServerGroup],
      ['GET', '/os-hypervisors/detail', showHypervisors],
      ['GET', '/limits', showLimits],
      ['GET', '/os-quota-sets/:project', showQuotas],
      ['GET', '/os-quota-sets/:project/detail', showUsage],
      ['PUT', '/os-quota-sets/:project', changeQuotas],
      ['GET', '/os-availability-zone', showZones],
    ]),
  ],
  refuse: (error, exchange) => refuse(error, exchange),
  headers: microversionHeaders,
};

type Spoken = (world: World, exchange: Exchange, caller: Caller, version: string) => Reply | Promise<Reply>;

/** Routes below /v2.1, whose handlers learn which microversion is spoken. */
function spoken(table: readonly (readonly [string, string, Spoken])[]): Route[] {
  return table.map(([method, path, handle]) => ({
    method,
    path: `${root}${path}`,
    handle: (world, exchange, caller) => handle(world, exchange, caller, microversionOf(exchange)),
  }));
}

function refuse(error: ApiError, exchange: Exchange): Reply {
  if (error.type === 'HTTPNotFound') return htmlPage(404, error.message);
  if (error.status === 401) {
    return {
      status: 401,
      headers: { 'www-authenticate': `Keystone uri="${exchange.url.origin}/identity"` },
      body: { error: { code: 401, title: 'Unauthorized', message: error.message } },
    };
  }
  return { status: error.status, body: { [faultName(error)]: { code: error.status, message: error.message } } };
}

const faultNames: Readonly<Record<number, string>> = {
  400: 'badRequest',
  403: 'forbidden',
  404: 'itemNotFound',
  409: 'conflictingRequest',
};

/** A Neutron error comes through Nova as one of Nova's. */
function faultName({ status, type }: ApiError): string {
  return type === 'computeFault' ? type : (faultNames[status] ?? 'computeFault');
}

function ok(body: object): Reply {
  return { status: 200, body };
}

function version(world: World): object {
  return {
    id: 'v2.1',
    status: 'CURRENT',
    version: newestMicroversion,
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${world.baseUrl}/compute/v2.1/` }],
  };
}

function listFlavors(world: World, exchange: Exchange): Reply {
  const view = (flavor: Flavor) => flavorSummary(world.baseUrl, flavor);
  return ok(pageOf(exchange, flavorsOf(world.nova), { key: 'flavors', markerOf: ({ id }) => id, view }));
}

function showFlavors(world: World, exchange: Exchange): Reply {
  const view = (flavor: Flavor) => flavorView(world.baseUrl, flavor);
  return ok(pageOf(exchange, flavorsOf(world.nova), { key: 'flavors', markerOf: ({ id }) => id, view }));
}

function listKeypairs(world: World, exchange: Exchange, caller: Caller, spokenVersion: string): Reply {
  const mine = keypairsOf(world.nova, caller.userId);
  const view = (pair: Keypair) => ({ keypair: keypairSummary(pair, spokenVersion) });
  if (!atLeast(spokenVersion, '2.35')) return ok({ keypairs: mine.map(view) });
  const noMarker = (marker: string) => `Marker ${marker} could not be found.`;
  return ok(pageOf(exchange, mine, { key: 'keypairs', markerOf: ({ name }) => name, view, noMarker }));
}

async function importKeypair(world: World, exchange: Exchange, caller: Caller, spokenVersion: string): Promise<Reply> {
  const { keypair, privateKey } = createKeypair(world.nova, caller, await readJson(exchange), spokenVersion);
  const secret = privateKey === undefined ? {} : { private_key: privateKey };
  const body = { keypair: { ...keypairSummary(keypair, spokenVersion), user_id: caller.userId, ...secret } };
  return { status: atLeast(spokenVersion, '2.2') ? 201 : 200, body };
}

function showKeypair(world: World, { params }: Exchange, caller: Caller, spokenVersion: string): Reply {
  return ok({ keypair: keypairView(keypairOf(world.nova, caller.userId, params.name ?? ''), spokenVersion) });
}

function removeKeypair(world: World, { params }: Exchange, caller: Caller, spokenVersion: string): Reply {
  deleteKeypair(world.nova, caller.userId, params.name ?? '');
  return { status: atLeast(spokenVersion, '2.2') ? 204 : 202 };
}

function listServerGroups(world: World, { query }: Exchange, caller: Caller, spokenVersion: string): Reply {
  const start = wholeNumber(query, 'offset') ?? 0;
  const page = serverGroupsOf(world.nova, caller).slice(start, start + limitOf(query));
  return ok({ server_groups: page.map((group) => serverGroupView(group, spokenVersion)) });
}

async function makeServerGroup(
  world: World,
  exchange: Exchange,
  caller: Caller,
  spokenVersion: string,
): Promise<Reply> {
  return ok({
    server_group: serverGroupView(createServerGroup(world.nova, caller, await readJson(exchange)), spokenVersion),
  });
}

function showServerGroup(world: World, { params }: Exchange, caller: Caller, spokenVersion: string): Reply {
  return ok({ server_group: serverGroupView(serverGroupOf(world.nova, caller, params.id ?? ''), spokenVersion) });
}

function removeServerGroup(world: World, { params }: Exchange, caller: Caller): Reply {
  deleteServerGroup(world.nova, caller, params.id ?? '');
  return { status: 204 };
}

function showHypervisors(world: World, _: Exchange, caller: Caller, spokenVersion: string): Reply {
  if (!caller.isAdmin) throw mayNot('os_compute_api:os-hypervisors:list-detail');
  return ok({ hypervisors: [hypervisorView(world.nova, spokenVersion)] });
}

function showLimits(world: World, _: Exchange, { projectId }: Caller, spokenVersion: string): Reply {
  return ok({ limits: { rate: [], absolute: limitsView(world.nova, projectId, spokenVersion) } });
}

function showQuotas(world: World, { params: { project = '' } }: Exchange, caller: Caller): Reply {
  if (!caller.isAdmin && project !== caller.projectId) throw mayNot('os_compute_api:os-quota-sets:show');
  return ok({ quota_set: quotaSet(world.nova, project, false) });
}

function showUsage(world: World, { params: { project = '' } }: Exchange, caller: Caller): Reply {
  if (!caller.isAdmin && project !== caller.projectId) throw mayNot('os_compute_api:os-quota-sets:detail');
  return ok({ quota_set: quotaSet(world.nova, project, true) });
}

async function changeQuotas(world: World, exchange: Exchange, caller: Caller): Promise<Reply> {
  const { project = '' } = exchange.params;
  if (!caller.isAdmin) throw mayNot('os_compute_api:os-quota-sets:update');
  setQuota(world.nova, project, await readJson(exchange));
  return ok({ quota_set: quotaSet(world.nova, project, false) });
}

function showZones(): Reply {
  return ok({ availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true }, hosts: null }] });
}

function mayNot(rule: string): ApiError {
  return new ApiError(403, 'forbidden', `Policy doesn't allow ${rule} to be performed.`);
}
