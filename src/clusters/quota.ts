import type { ClusterSpec, ServersSpec } from './cluster-spec.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { openings } from './stack.ts';

/** How much of something a project has and may have. No `max` means no limit. */
export interface QuotaLimit {
  readonly used: number;
  readonly max?: number;
}

/** What a cloud counts, by the words that people read, and whether the plan shows it even when there is plenty. */
const counted = {
  servers: { words: 'servers', shown: true },
  cores: { words: 'cores', shown: true },
  ramMib: { words: 'RAM', shown: true },
  floatingIps: { words: 'floating IPs', shown: true },
  networks: { words: 'networks', shown: false },
  subnets: { words: 'subnets', shown: false },
  routers: { words: 'routers', shown: false },
  ports: { words: 'ports', shown: false },
  securityGroups: { words: 'security groups', shown: false },
  securityGroupRules: { words: 'security group rules', shown: false },
  serverGroups: { words: 'server groups', shown: false },
  volumes: { words: 'volumes', shown: false },
  volumeGib: { words: 'volume space', shown: false },
} as const;

export type QuotaName = keyof typeof counted;
export type Needs = Readonly<Record<QuotaName, number>>;
/** What a cloud told of its limits; nothing is held against what it did not tell. */
export type Limits = { readonly [Name in QuotaName]?: QuotaLimit };

/** What a flavor takes of a quota. */
interface Size {
  readonly vcpus: number;
  readonly ramMib: number;
}

/** The flavors of a cluster's servers. */
export interface Flavors {
  readonly controlPlane: Size;
  readonly node: Size;
}

/** Neutron gives every new security group two rules that let everything out; the template adds the ones that let in. */
const ownRules = 2;

/** Those of the cluster's servers among one another, by IPv4 and IPv6. */
const rulesAmongServers = 2;

/**
 * What a cluster takes of the project's quotas: the resources of templates/heat, and what the services make along with
 * them (the router's port in the subnet, a port for DHCP, one for the address of a load balancer, and the rules that every
 * security group begins with). Kubernetes makes volumes of its own later.
 */
export function clusterNeeds(spec: ClusterSpec, flavors: Flavors): Needs {
  const { controlPlane, nodes, network, serverGroup } = spec;
  const servers = controlPlane.count + nodes.count;
  const own = network.existing === undefined ? 1 : 0;
  const balanced = controlPlane.count === 1 ? 0 : 1;
  const rules = openings('control-plane', network).length + openings('nodes', network).length;
  const volumes = [
    ...Array.from({ length: controlPlane.count }, () => volumeOf(controlPlane)),
    ...Array.from({ length: nodes.count }, () => volumeOf(nodes)),
  ].flat();
  return {
    servers,
    cores: controlPlane.count * flavors.controlPlane.vcpus + nodes.count * flavors.node.vcpus,
    ramMib: controlPlane.count * flavors.controlPlane.ramMib + nodes.count * flavors.node.ramMib,
    serverGroups: serverGroup === 'none' ? 0 : 2,
    networks: own,
    subnets: own,
    routers: own,
    floatingIps: floatingIpsOf(spec),
    ports: servers + 2 * own + balanced,
    securityGroups: 3,
    securityGroupRules: rulesAmongServers + rules + balanced + 3 * ownRules,
    volumes: volumes.length,
    volumeGib: volumes.reduce((sum, size) => sum + size, 0),
  };
}

const nothing = Object.fromEntries(Object.keys(counted).map((name) => [name, 0])) as Record<QuotaName, number>;

/** What so many more nodes take of the project's quotas. */
export function growthNeeds({ nodes }: Pick<ClusterSpec, 'nodes'>, node: Size, more: number): Needs {
  const { size } = nodes.bootVolume ?? { size: 0 };
  return {
    ...nothing,
    servers: more,
    cores: more * node.vcpus,
    ramMib: more * node.ramMib,
    ports: more,
    floatingIps: nodes.floatingIps ? more : 0,
    volumes: size === 0 ? 0 : more,
    volumeGib: more * size,
  };
}

/** How many addresses of the external network a cluster takes: one for the API, and those of the nodes. */
export function floatingIpsOf({ network, nodes }: ClusterSpec): number {
  return (network.floatingIp ? 1 : 0) + (nodes.floatingIps ? nodes.count : 0);
}

function volumeOf({ bootVolume }: ServersSpec): number[] {
  return bootVolume === undefined ? [] : [bootVolume.size];
}

const names = Object.keys(counted) as QuotaName[];
const label = 'Quota';

/** What the needs mean for a project: how much it has before and after, what is too little, and what is then used up. */
export function quotaFindings(needs: Needs, limits: Limits): Finding[] {
  const known = names.flatMap((name) => {
    const limit = limits[name];
    return limit === undefined ? [] : [{ name, need: needs[name], ...limit }];
  });
  const short = known.filter((row) => row.need > 0 && free(row) < row.need);
  const last = known.filter((row) => row.need > 0 && free(row) === row.need);
  return [...tooLittle(short), ...before(known), ...(short.length === 0 ? usedUp(last) : [])];
}

interface Row extends QuotaLimit {
  readonly name: QuotaName;
  readonly need: number;
}

function free({ used, max = Number.POSITIVE_INFINITY }: QuotaLimit): number {
  return Math.max(0, max - used);
}

function tooLittle(rows: readonly Row[]): Finding[] {
  if (rows.length === 0) return [];
  const text = rows.map(
    (row) =>
      `${counted[row.name].words}: ${amount(row.name, row.need)} needed, ${amount(row.name, free(row))} free of ${amount(row.name, row.max ?? 0)}`,
  );
  return [
    problem(
      label,
      `The project’s quota is too small for ${text.join(' · ')}`,
      'Free something in the project, make the cluster smaller, or ask the cloud’s operator for a larger quota',
    ),
  ];
}

function before(rows: readonly Row[]): Finding[] {
  const shown = rows.filter(({ name }) => counted[name].shown);
  return shown.length === 0 ? [] : [ok(label, shown.map(rowText).join(' · '))];
}

/** "cores 12→15 of 20", "RAM 8→14 of 40 GiB", "volumes 2 of 10". */
function rowText({ name, need, used, max }: Row): string {
  const after = need === 0 ? '' : `→${amount(name, used + need, false)}`;
  const most = max === undefined ? '' : ` of ${amount(name, max, false)}`;
  return `${counted[name].words} ${amount(name, used, false)}${after}${most}${unitOf(name)}`;
}

function usedUp(rows: readonly Row[]): Finding[] {
  if (rows.length === 0) return [];
  const list = rows.map(({ name }) => counted[name].words).join(', ');
  return [warning(label, `This takes the last of the project’s quota for ${list}`)];
}

function amount(name: QuotaName, number: number, withUnit = true): string {
  const figure = name === 'ramMib' ? String(Math.round(number / 102.4) / 10) : String(number);
  return withUnit ? `${figure}${unitOf(name)}` : figure;
}

function unitOf(name: QuotaName): string {
  return name === 'ramMib' || name === 'volumeGib' ? ' GiB' : '';
}

/** How much a project has and may have of what a cluster takes, and a problem where nothing is left of it. */
export function limitsFinding(limits: Limits): Finding[] {
  const rows = names.flatMap((name) => {
    const limit = limits[name];
    return limit === undefined ? [] : [{ name, need: 0, ...limit }];
  });
  if (rows.length === 0) return [];
  const usedUp = rows.filter((row) => free(row) === 0);
  const shown = rows.filter((row) => counted[row.name].shown || usedUp.includes(row));
  const missing = usedUp.filter(({ name }) => !neverNeeded.includes(name)).map(({ name }) => counted[name].words);
  return [
    ...(shown.length === 0 ? [] : [ok(label, shown.map(rowText).join(' · '))]),
    ...(missing.length === 0
      ? []
      : [
          problem(
            label,
            `Nothing is left of the project’s quota for ${missing.join(', ')}, so no cluster can be brought up`,
            'Free something in the project, or ask the cloud’s operator for a larger quota',
          ),
        ]),
  ];
}

/** What Kubernetes takes later, and a cluster comes up without. */
const neverNeeded: readonly QuotaName[] = ['volumes', 'volumeGib'];
