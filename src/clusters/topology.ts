import { clusterOfFloatingIp, clusterOfLoadBalancer, clusterOfVolume } from './controllers-own.ts';

/** What a cluster is made of in its cloud, as one look showed it. */
export interface Topology {
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
  /** The network that leads out of the cloud: the router's gateway and the floating IPs are in it. */
  readonly external?: { readonly name: string };
  readonly router?: TopologyRouter;
  readonly network?: TopologyNetwork;
  readonly loadBalancers: readonly TopologyLoadBalancer[];
  /** Control planes first, then by name. */
  readonly servers: readonly TopologyServer[];
  /** Those that no server has. */
  readonly looseVolumes: readonly TopologyVolume[];
  readonly unseen: readonly Unseen[];
}

export interface TopologyRouter {
  readonly name: string;
  /** `ACTIVE` … */
  readonly state: string;
  /** In the external network. */
  readonly addresses: readonly string[];
}

export interface TopologyNetwork {
  readonly name: string;
  readonly state: string;
  readonly cidrs: readonly string[];
  /** False for one that was there before the cluster. */
  readonly own: boolean;
}

export interface TopologyServer {
  readonly name: string;
  readonly role: ServerRole;
  /** `ACTIVE`, `BUILD`, `ERROR` … */
  readonly state: string;
  readonly flavor: string;
  readonly addresses: readonly string[];
  readonly floatingIps: readonly string[];
  readonly volumes: readonly TopologyVolume[];
}

export type ServerRole = 'control-plane' | 'node';

export interface TopologyLoadBalancer {
  readonly name: string;
  /** Whether Slipway has made it for the Kubernetes API, or the cluster's controllers for a Service. */
  readonly serves: 'api' | 'service';
  readonly state: string;
  readonly address: string;
  readonly floatingIps: readonly string[];
}

export interface TopologyVolume {
  /** Often empty. */
  readonly name: string;
  /** In GiB. */
  readonly size: number;
  readonly state: string;
}

/** Something that the look did not get to see, in words, and why. */
export interface Unseen {
  readonly what: string;
  readonly why: string;
}

/** What a look has brought, as the services tell it: whole projects, of which a cluster has a part. */
export interface TopologySight {
  readonly cluster: string;
  /** Under which the cluster's controllers mark what is theirs. */
  readonly clusterId: string;
  readonly seenAt: number;
  /** What its stack and the stacks in it are made of. */
  readonly resources: readonly { readonly type: string; readonly id: string }[];
  readonly networks: readonly SeenNetwork[];
  readonly subnets: readonly { readonly id: string; readonly networkId: string; readonly cidr: string }[];
  readonly routers: readonly SeenRouter[];
  readonly ports: readonly SeenPort[];
  readonly floatingIps: readonly SeenFloatingIp[];
  readonly servers: readonly SeenServer[];
  readonly loadBalancers: readonly SeenLoadBalancer[];
  readonly volumes: readonly SeenVolume[];
  readonly unseen: readonly Unseen[];
}

interface SeenNetwork {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

interface SeenRouter {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly externalNetworkId?: string;
  readonly externalAddresses: readonly string[];
}

export interface SeenPort {
  readonly id: string;
  readonly networkId: string;
  readonly deviceId: string;
  readonly deviceOwner: string;
  readonly addresses: readonly { readonly subnetId: string }[];
}

interface SeenFloatingIp {
  readonly id: string;
  readonly address: string;
  readonly externalNetworkId: string;
  readonly portId?: string;
  readonly description: string;
}

interface SeenServer {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly flavor: string;
  readonly addresses: readonly { readonly address: string; readonly kind: 'fixed' | 'floating' }[];
  readonly metadata: Readonly<Record<string, string>>;
}

interface SeenLoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly provisioningStatus: string;
  readonly operatingStatus: string;
  readonly address: string;
  readonly portId: string;
}

interface SeenVolume {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly attachedTo: readonly string[];
}

/**
 * What of a look belongs to the cluster, in the order in which it is shown: what its stack has made, and what its
 * controllers have made and marked as theirs. A network that was there before is shown as what the servers are in.
 */
export function assembleTopology(sight: TopologySight): Topology {
  const { cluster, seenAt, unseen } = sight;
  const networkId = networkIdOf(sight);
  const router = routerOf(sight, networkId);
  const external = nameOf(sight, router?.externalNetworkId ?? ownFloatingIps(sight)[0]?.externalNetworkId);
  const network = networkOf(sight, networkId);
  return {
    cluster,
    seenAt,
    ...(external !== undefined && { external: { name: external } }),
    ...(router && { router: { name: router.name, state: router.status, addresses: router.externalAddresses } }),
    ...(network && { network }),
    loadBalancers: loadBalancersOf(sight),
    servers: serversOf(sight),
    looseVolumes: looseVolumesOf(sight),
    unseen,
  };
}

/** The network of the cluster: its own, or the one that its ports are in. */
export function networkIdOf({ resources, ports }: Pick<TopologySight, 'resources' | 'ports'>): string | undefined {
  const [own] = idsOf(resources, 'OS::Neutron::Net');
  if (own !== undefined) return own;
  const ids = idsOf(resources, 'OS::Neutron::Port');
  return ports.find(({ id }) => ids.has(id))?.networkId;
}

/** The router of the cluster: its own, or the one that has a leg in its network. */
export function routerOf(
  { resources, routers, ports }: Pick<TopologySight, 'resources' | 'routers' | 'ports'>,
  networkId: string | undefined,
): SeenRouter | undefined {
  const own = idsOf(resources, 'OS::Neutron::Router');
  const legs = new Set(ports.filter((port) => port.networkId === networkId).map(({ deviceId }) => deviceId));
  return routers.find(({ id }) => own.has(id)) ?? routers.find(({ id }) => legs.has(id));
}

/** Those of its stack, and those that its controllers took for Services. */
export function ownFloatingIps({
  resources,
  floatingIps,
  clusterId,
}: Pick<TopologySight, 'resources' | 'floatingIps' | 'clusterId'>): SeenFloatingIp[] {
  const own = idsOf(resources, 'OS::Neutron::FloatingIP');
  return floatingIps.filter(({ id, description }) => own.has(id) || clusterOfFloatingIp(description) === clusterId);
}

function idsOf(resources: TopologySight['resources'], type: string): Set<string> {
  return new Set(resources.filter((resource) => resource.type === type && resource.id !== '').map(({ id }) => id));
}

function nameOf({ networks }: TopologySight, id: string | undefined): string | undefined {
  return id === undefined ? undefined : (networks.find((network) => network.id === id)?.name ?? id);
}

function networkOf(
  { resources, networks, subnets, ports }: TopologySight,
  networkId: string | undefined,
): TopologyNetwork | undefined {
  const network = networks.find(({ id }) => id === networkId);
  if (network === undefined) return undefined;
  const own = idsOf(resources, 'OS::Neutron::Net').has(network.id);
  const mine = idsOf(resources, 'OS::Neutron::Port');
  const used = new Set(
    ports.filter(({ id }) => mine.has(id)).flatMap(({ addresses }) => addresses.map(({ subnetId }) => subnetId)),
  );
  // A network that was there before may have subnets that the cluster has nothing to do with.
  const cidrs = subnets.filter(({ id, networkId: of }) => of === network.id && (own || used.has(id)));
  return { name: network.name, state: network.status, cidrs: cidrs.map(({ cidr }) => cidr), own };
}

function serversOf(sight: TopologySight): TopologyServer[] {
  const own = idsOf(sight.resources, 'OS::Nova::Server');
  return sight.servers
    .filter(({ id }) => own.has(id))
    .map((server) => serverOf(server, sight))
    .sort((one, other) => rank(one) - rank(other) || byName(one, other));
}

function serverOf({ id, name, status, flavor, addresses, metadata }: SeenServer, sight: TopologySight): TopologyServer {
  const ports = new Set(sight.ports.filter(({ deviceId }) => deviceId === id).map((port) => port.id));
  const told = addresses.filter(({ kind }) => kind === 'floating').map(({ address }) => address);
  return {
    name,
    role: metadata.slipway_role === 'control-plane' ? 'control-plane' : 'node',
    state: status,
    flavor,
    addresses: addresses.filter(({ kind }) => kind === 'fixed').map(({ address }) => address),
    // Nova learns of a floating IP some time after Neutron; where Neutron refuses, Nova's word is what there is.
    floatingIps: [...new Set([...floatingIpsOf(ports, sight), ...told])],
    volumes: sight.volumes.filter(({ attachedTo }) => attachedTo.includes(id)).map(volumeOf),
  };
}

function rank({ role }: TopologyServer): number {
  return role === 'control-plane' ? 0 : 1;
}

function loadBalancersOf(sight: TopologySight): TopologyLoadBalancer[] {
  const own = idsOf(sight.resources, 'OS::Octavia::LoadBalancer');
  return sight.loadBalancers
    .filter(({ id, name }) => own.has(id) || clusterOfLoadBalancer(name) === sight.clusterId)
    .map(({ id, name, provisioningStatus, operatingStatus, address, portId }) => ({
      name,
      serves: own.has(id) ? ('api' as const) : ('service' as const),
      // One that is being changed or broken is told by Octavia's work on it, and any other by how it works.
      state: provisioningStatus === 'ACTIVE' ? operatingStatus : provisioningStatus,
      address,
      floatingIps: floatingIpsOf(new Set([portId]), sight),
    }))
    .sort((one, other) => one.serves.localeCompare(other.serves) || byName(one, other));
}

function looseVolumesOf({ resources, servers, volumes, clusterId }: TopologySight): TopologyVolume[] {
  const made = idsOf(resources, 'OS::Cinder::Volume');
  const own = idsOf(resources, 'OS::Nova::Server');
  const shown = new Set(servers.filter(({ id }) => own.has(id)).map(({ id }) => id));
  return volumes
    .filter(({ id, metadata }) => made.has(id) || clusterOfVolume(metadata) === clusterId)
    .filter(({ attachedTo }) => !attachedTo.some((id) => shown.has(id)))
    .map(volumeOf)
    .sort(byName);
}

function volumeOf({ name, size, status }: SeenVolume): TopologyVolume {
  return { name, size, state: status };
}

function floatingIpsOf(ports: ReadonlySet<string>, { floatingIps }: TopologySight): string[] {
  return floatingIps.filter(({ portId }) => portId !== undefined && ports.has(portId)).map(({ address }) => address);
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name.localeCompare(other.name, 'en', { numeric: true });
}
