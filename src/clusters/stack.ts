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
}

/** What the steps before `stack` provide for it. */
export interface StackInputs {
  readonly image: string;
  readonly keypair: string;
  readonly version: string;
  /** Id of the release. */
  readonly release: string;
  readonly objects: readonly SignedObject[];
}

/**
 * What servers may read and write in the cluster's own container, by what it is for: signed URLs, thus secrets. Heat
 * makes them hidden parameters; each server gets those of its role.
 */
export interface SignedStore {
  readonly controlPlane: {
    /** None for a cluster without controllers of the cloud. */
    readonly cloud_config_get?: string;
    readonly join_node_put: string;
    readonly join_control_plane_get: string;
    readonly join_control_plane_put: string;
    readonly admin_conf_put: string;
    readonly report_put: string;
    /** `@HOST@` stands for the server's host name. */
    readonly log_put: string;
  };
  readonly node: { readonly join_node_get: string; readonly log_put: string };
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
  readonly proxy: { readonly http: string; readonly https: string; readonly no: string };
}

/** One object for a server to fetch. The URL is signed, thus a secret: it is never recorded. */
export interface SignedObject extends Omit<ReleaseObject, 'object'> {
  readonly url: string;
}

/** What the names of services inside a cluster end with. */
const dnsDomain = 'cluster.local';

/** Seconds that a server has from its creation to its signal: a first boot on a slow cloud, twice over. */
const signalTimeoutSeconds = 1800;

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
  };
}

/** Parameters of templates/heat/cluster.yaml, by their names there. */
export function stackParameters(deployment: StackOwner, inputs: StackInputs): Record<string, unknown> {
  const { spec } = deployment;
  return {
    cluster_name: spec.name,
    slipway: stackLabel(deployment, inputs.version, inputs.release),
    image: inputs.image,
    control_plane_flavor: spec.controlPlane.flavor,
    node_flavor: spec.nodes.flavor,
    key_name: inputs.keypair,
    external_network: spec.network.external,
    network_cidr: spec.network.cidr,
    dns_nameservers: spec.network.dns,
    node_count: spec.nodes.count,
    node_max: spec.nodes.max,
    kubernetes_version: inputs.version,
    release: inputs.release,
    release_objects: inputs.objects,
    signal_timeout: signalTimeoutSeconds,
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
    .sort();
}
