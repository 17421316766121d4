import type { ClusterSpec, NetworkSpec, SecurityRule } from './cluster-spec.ts';
import type { Deployment } from './deployment.ts';
import type { ReleaseObject } from './release.ts';
import type { StackResult } from './steps.ts';

/** The label that every stack carries, so that Heat alone can tell what exists and whose it is. Holds no secret. */
export interface StackLabel {
  readonly cluster: string;
  readonly deployment: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly version: string;
  /** Id of the release that its servers fetch; stacks of earlier versions do not say. */
  readonly release?: string;
  /** True where its servers look for instructions to upgrade themselves; those of earlier versions do not. */
  readonly upgrades?: boolean;
}

/** What the steps before `stack` provide for it. */
export interface StackInputs {
  readonly image: string;
  readonly keypair: string;
  readonly version: string;
  /** Id of the release. */
  readonly release: string;
  readonly objects: readonly SignedObject[];
  readonly store: SignedStore;
}

/**
 * What servers may read and write in the cluster's own container, by what it is for: signed URLs, thus secrets. Heat
 * makes them hidden parameters; each server gets those of its role.
 */
export interface SignedStore {
  readonly controlPlane: HostStore & {
    /** None for a cluster without controllers of the cloud. */
    readonly cloud_config_get?: string;
    readonly join_node_put: string;
    readonly join_control_plane_get: string;
    readonly join_control_plane_put: string;
    readonly admin_conf_put: string;
    readonly report_put: string;
  };
  readonly node: HostStore & { readonly join_node_get: string };
}

/** URLs to objects that each server has of its own: `@HOST@` stands for its host name. */
export interface HostStore {
  readonly log_put: string;
  /** Whether it is to upgrade itself, and to what. */
  readonly upgrade_get: string;
  /** How its upgrade goes. */
  readonly upgrade_put: string;
}

/**
 * What the Salt states of a cluster's servers go by. It is a visible parameter of the stack and holds no secret; the keys
 * are those of the pillar `slipway:settings`.
 */
export interface NodeSettings {
  /** Unique in the cloud, and without an underscore, which cloud-provider-openstack puts into names. */
  readonly cluster_id: string;
  readonly control_planes: number;
  readonly pod_cidr: string;
  readonly service_cidr: string;
  readonly dns_domain: string;
  readonly cni: string;
  readonly image_repository: string;
  readonly cloud_provider: boolean;
  readonly cinder_csi: boolean;
  readonly default_storage_class: boolean;
  /** For the boot script: how long Heat waits for the server. */
  readonly boot_seconds: number;
  readonly proxy: { readonly http: string; readonly https: string; readonly no: string };
}

/** One object for a server to fetch. The URL is signed, thus a secret: it is never recorded. */
export interface SignedObject extends Omit<ReleaseObject, 'object'> {
  readonly url: string;
}

/** What the names of services inside a cluster end with. */
const dnsDomain = 'cluster.local';

/** Milliseconds that a server has from its creation to its signal, unless clusters.yaml says more: a slow boot, twice over. */
const usualBootMs = 30 * 60_000;

/** How long a server of a cluster has from its creation until it has to have set itself up, in milliseconds. */
export function bootMs({ firstBoot }: Pick<ClusterSpec, 'firstBoot'>): number {
  return firstBoot.withinMs ?? usualBootMs;
}

/** What of a deployment its stack tells. */
export type StackOwner = Pick<Deployment, 'id' | 'cluster' | 'channel' | 'requestedBy' | 'requestedAt' | 'spec'>;

/** The label of a deployment's stack. */
export function stackLabel(deployment: StackOwner, version: string, release?: string): StackLabel {
  return {
    cluster: deployment.cluster,
    deployment: deployment.id,
    channel: deployment.channel,
    requestedBy: deployment.requestedBy,
    requestedAt: new Date(deployment.requestedAt).toISOString(),
    version,
    ...(release !== undefined && { release }),
    upgrades: true,
  };
}

/** Parameters of templates/heat/cluster.yaml, by their names there. Empty texts stand for what is left to the cloud. */
export function stackParameters(deployment: StackOwner, inputs: StackInputs): Record<string, unknown> {
  const { spec } = deployment;
  const { controlPlane, nodes, network } = spec;
  return {
    cluster_name: spec.name,
    slipway: stackLabel(deployment, inputs.version, inputs.release),
    control_plane_count: controlPlane.count,
    node_count: nodes.count,
    node_removals: [],
    image: inputs.image,
    key_name: inputs.keypair,
    server_group_policy: spec.serverGroup,
    control_plane_flavor: controlPlane.flavor,
    control_plane_zone: controlPlane.availabilityZone ?? '',
    control_plane_volume_size: controlPlane.bootVolume?.size ?? 0,
    control_plane_volume_type: controlPlane.bootVolume?.type ?? '',
    node_flavor: nodes.flavor,
    node_zone: nodes.availabilityZone ?? '',
    node_volume_size: nodes.bootVolume?.size ?? 0,
    node_volume_type: nodes.bootVolume?.type ?? '',
    external_network: network.external,
    existing_network: network.existing?.network ?? '',
    existing_subnet: network.existing?.subnet ?? '',
    network_cidr: network.cidr,
    dns_nameservers: network.dns,
    pod_cidrs: routedPods(network),
    api_floating_ip: network.floatingIp,
    node_floating_ips: nodes.floatingIps,
    api_from: network.apiFrom,
    control_plane_rules: openings('control-plane', network),
    node_rules: openings('nodes', network),
    kubernetes_version: inputs.version,
    node_settings: nodeSettings(deployment),
    release: inputs.release,
    release_objects: inputs.objects,
    control_plane_store: inputs.store.controlPlane,
    node_store: inputs.store.node,
    signal_timeout: bootMs(spec) / 1_000,
  };
}

/**
 * The pods whose packets servers may send as they are. Flannel wraps them up (VXLAN), so that Neutron sees servers'
 * addresses only; what Calico, Cilium or a plugin of the cluster's own do is for their configuration to say, and without
 * this Neutron would drop what is routed.
 */
function routedPods({ plugin, pods }: NetworkSpec): string[] {
  return plugin.name === 'flannel' ? [] : [pods];
}

/** Where the Kubernetes API listens: kubeadm's own choice. */
const apiPort = 6443;

/** What may reach the servers of a role from outside, in the form of OS::Neutron::SecurityGroup; nothing twice. */
export function openings(role: 'control-plane' | 'nodes', { apiFrom, rules }: NetworkSpec): object[] {
  const api: SecurityRule[] =
    role === 'nodes' ? [] : apiFrom.map((from) => ({ to: role, protocol: 'tcp', ports: [apiPort, apiPort], from }));
  const own = [...api, ...rules].filter(({ to }) => to === role || to === 'all').map(neutronRule);
  return [...new Map(own.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function neutronRule({ protocol, ports, from }: SecurityRule): object {
  return {
    direction: 'ingress',
    ethertype: 'IPv4',
    protocol,
    ...(ports && { port_range_min: ports[0], port_range_max: ports[1] }),
    remote_ip_prefix: from,
  };
}

/** Addresses that no server of a cluster asks a proxy for. */
const neverByProxy = ['127.0.0.1', 'localhost', '169.254.169.254', '.svc', `.${dnsDomain}`];

/** What the servers of a deployment are told about Kubernetes. */
export function nodeSettings({ id, spec }: Pick<StackOwner, 'id' | 'spec'>): NodeSettings {
  const { network, cloudProvider, controlPlane, imageRepository = '' } = spec;
  const { http = '', https = '', none = [] } = network.proxy ?? {};
  const direct = [...neverByProxy, network.cidr, network.pods, network.services, ...none];
  return {
    cluster_id: id,
    control_planes: controlPlane.count,
    pod_cidr: network.pods,
    service_cidr: network.services,
    dns_domain: dnsDomain,
    cni: network.plugin.name,
    image_repository: imageRepository,
    cloud_provider: cloudProvider.controller,
    cinder_csi: cloudProvider.volumes,
    default_storage_class: cloudProvider.storageClass,
    boot_seconds: bootMs(spec) / 1_000,
    proxy: { http, https, no: http === '' && https === '' ? '' : direct.join(',') },
  };
}

/** Reads the label back from a stack's parameters as Heat shows them: JSON as text. Undefined for a foreign stack. */
export function parseStackLabel(parameters: Readonly<Record<string, unknown>>): StackLabel | undefined {
  const raw = parameters.slipway;
  let value: unknown = raw;
  try {
    if (typeof raw === 'string') value = JSON.parse(raw);
  } catch {
    return undefined;
  }
  return isStackLabel(value) ? value : undefined;
}

function isStackLabel(value: unknown): value is StackLabel {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['cluster', 'deployment', 'channel', 'requestedBy', 'requestedAt', 'version'].every(
    (field) => typeof fields[field] === 'string',
  );
}

/** Reads the outputs of templates/heat/cluster.yaml. */
export function parseStackOutputs(
  ref: { readonly id: string; readonly name: string },
  outputs: Readonly<Record<string, unknown>>,
): StackResult {
  return {
    id: ref.id,
    name: ref.name,
    apiAddress: text(outputs.api_address),
    apiUrl: text(outputs.api_url),
    nodes: names(outputs.node_names),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A group's outputs come as a map by member or as a list, depending on how the template asks for them. */
function names(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value)
    .filter((name) => typeof name === 'string')
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}
