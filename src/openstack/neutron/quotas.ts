import { type Limit, upTo } from '../limit.ts';
import type { ServiceClient } from '../service-client.ts';
import { type CollectionName, countAll } from './listing.ts';

/** What Neutron counts. */
export interface NetworkQuotas {
  networks: Limit;
  subnets: Limit;
  routers: Limit;
  ports: Limit;
  floatingIps: Limit;
  securityGroups: Limit;
  securityGroupRules: Limit;
}

/** What each is called on the wire, and where it is listed. */
const counted = {
  networks: { resource: 'network', collection: 'networks' },
  subnets: { resource: 'subnet', collection: 'subnets' },
  routers: { resource: 'router', collection: 'routers' },
  ports: { resource: 'port', collection: 'ports' },
  floatingIps: { resource: 'floatingip', collection: 'floatingips' },
  securityGroups: { resource: 'security_group', collection: 'security-groups' },
  securityGroupRules: { resource: 'security_group_rule', collection: 'security-group-rules' },
} as const satisfies Record<keyof NetworkQuotas, { resource: string; collection: CollectionName }>;

type Counted = (typeof counted)[keyof NetworkQuotas];

/**
 * The project's quotas, and what is used of them: GET /quotas/{project}/details.json, where what requests under way have
 * reserved counts as used. Where a cloud lacks the extension `quota_details` (404): GET /quotas/{project}, and the used
 * ones are counted in the lists.
 */
export async function getNetworkQuotas(
  neutron: ServiceClient,
  projectId: string,
  signal?: AbortSignal,
): Promise<NetworkQuotas> {
  const details = await quotaDetails(neutron, projectId, signal);
  return details === undefined ? countedQuotas(neutron, projectId, signal) : forEach((thing) => inUse(details, thing));
}

type Details = Readonly<Record<string, { limit: number; used: number; reserved?: number }>>;

async function quotaDetails(
  neutron: ServiceClient,
  projectId: string,
  signal: AbortSignal | undefined,
): Promise<Details | undefined> {
  const { status, text } = await neutron.call('GET', ['quotas', projectId, 'details.json'], {
    doing: 'Reading the network quotas of the project',
    ok: [200, 404],
    signal,
  });
  return status === 404 ? undefined : JSON.parse(text).quota;
}

/** A cloud without routers or floating IPs, say, has no quota for them. */
function inUse(details: Details, { resource }: Counted): Promise<Limit> {
  const { limit, used = 0, reserved = 0 } = details[resource] ?? {};
  return Promise.resolve({ used: used + reserved, ...upTo(limit) });
}

async function countedQuotas(
  neutron: ServiceClient,
  projectId: string,
  signal: AbortSignal | undefined,
): Promise<NetworkQuotas> {
  const { quota } = await neutron.get<{ quota: Readonly<Record<string, number>> }>(['quotas', projectId], {
    doing: 'Reading the network quotas of the project',
    ok: [200],
    signal,
  });
  return forEach(async ({ resource, collection }) => {
    const max = quota[resource];
    if (max === undefined) return { used: 0 };
    return { used: await countAll(neutron, collection, projectId, signal), ...upTo(max) };
  });
}

async function forEach(limitOf: (thing: Counted) => Promise<Limit>): Promise<NetworkQuotas> {
  const [networks, subnets, routers, ports, floatingIps, securityGroups, securityGroupRules] = await Promise.all([
    limitOf(counted.networks),
    limitOf(counted.subnets),
    limitOf(counted.routers),
    limitOf(counted.ports),
    limitOf(counted.floatingIps),
    limitOf(counted.securityGroups),
    limitOf(counted.securityGroupRules),
  ]);
  return { networks, subnets, routers, ports, floatingIps, securityGroups, securityGroupRules };
}
