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

/** One object for a server to fetch. The URL is signed, thus a secret: it is never recorded. */
export interface SignedObject extends Omit<ReleaseObject, 'object'> {
  readonly url: string;
}

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
