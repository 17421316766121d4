import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem } from '../../src/clusters/finding.ts';
import { stackName } from '../../src/clusters/names.ts';
import { type HostStore, type StackInputs, type StackOwner, stackParameters } from '../../src/clusters/stack.ts';
import { DeployError, OpenStackError } from '../../src/errors.ts';
import { previewStack } from '../../src/openstack/heat/previews.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../../src/openstack/heat/template-files.ts';
import { validateTemplate } from '../../src/openstack/heat/templates.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type Looked, look, problemFrom } from './look.ts';
import type { Survey } from './survey.ts';

/** Whether the stack's name is free, and whether this cloud's Heat understands the template. */
export async function checkStack(
  { heat }: OpenStack,
  spec: ClusterSpec,
  template: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  const name = stackName(spec.name);
  // Without parameters Heat cannot tell which resources there would be; whether what they name exists it does not ask.
  const parameters = stackParameters(ownerOf(spec), { image: 'unknown', keypair: spec.keypair.name, ...notYetKnown });
  const [existing, valid] = await Promise.all([
    look('Heat', signal, (within) => findStack(heat, name, within)),
    look(
      'Heat',
      signal,
      (within) =>
        verdict(async () => validateTemplate(heat, { ...(await loadTemplate(template)), parameters }, within)),
      {
        deadlineMs: verdictMs,
        optional: 'The template',
      },
    ),
  ]);
  return [
    ...(existing.seen ? [] : [existing.finding]),
    ...(existing.seen && existing.value !== undefined ? [nameTaken(spec.name, name)] : []),
    ...verdictFindings(valid),
  ];
}

/**
 * Whether Heat would make the stack: it asks the other services for everything that the parameters name. Only where the
 * image and the keypair are there already, since nothing can stand in for them.
 */
export async function checkPreview(
  { heat }: OpenStack,
  spec: ClusterSpec,
  { image, keypair }: Survey,
  template: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  const found = image.seen ? image.value.image : undefined;
  const key = keypair.seen ? keypair.value : undefined;
  if (found?.status !== 'active' || key === undefined) return [];
  const parameters = stackParameters(ownerOf(spec), { image: found.id, keypair: key.name, ...notYetKnown });
  const name = stackName(spec.name);
  const preview = await look(
    'Heat',
    signal,
    (within) =>
      verdict(async () => previewStack(heat, { name, ...(await loadTemplate(template)), parameters }, within)),
    { deadlineMs: verdictMs, optional: 'The stack' },
  );
  return verdictFindings(preview);
}

/**
 * Heat asks all other services before it answers, and may take minutes to accept a stack; but nobody waits for a plan
 * as long as for a cluster.
 */
const verdictMs = 30_000;

/** Why it would not be made; undefined when nothing speaks against it. Throws where nobody said anything about that. */
async function verdict(asking: () => Promise<unknown>): Promise<DeployError | undefined> {
  try {
    await asking();
    return undefined;
  } catch (error) {
    if (error instanceof DeployError && isVerdict(error)) return error;
    throw error;
  }
}

/** Heat's own no, or ours before Heat was asked. Whatever else went wrong says nothing of the stack. */
function isVerdict(error: DeployError): boolean {
  return !(error instanceof OpenStackError) || error.status === 400 || error.status === 409;
}

function verdictFindings(looked: Looked<DeployError | undefined>): Finding[] {
  if (!looked.seen) return [looked.finding];
  return looked.value === undefined ? [] : [problemFrom('Heat', looked.value)];
}

/** Who would own the stack. */
function ownerOf(spec: ClusterSpec): StackOwner {
  return { id: 'plan', cluster: spec.name, channel: spec.channel, requestedBy: '', requestedAt: 0, spec };
}

const unsigned = 'https://swift.invalid/';
const unsignedOfHost: HostStore = { log_put: unsigned, upgrade_get: unsigned, upgrade_put: unsigned };

/** What building, publishing and signing will tell, in a form that the template takes. */
const notYetKnown: Omit<StackInputs, 'image' | 'keypair'> = {
  version: 'v0.0.0',
  release: `v0.0.0-${'0'.repeat(12)}`,
  objects: [{ kind: 'kubernetes', name: 'kubernetes.tar.gz', url: unsigned, size: 1, sha256: '0'.repeat(64) }],
  store: {
    controlPlane: {
      cloud_config_get: unsigned,
      join_node_put: unsigned,
      join_control_plane_get: unsigned,
      join_control_plane_put: unsigned,
      admin_conf_put: unsigned,
      report_put: unsigned,
      ...unsignedOfHost,
    },
    node: { join_node_get: unsigned, ...unsignedOfHost },
  },
};

function nameTaken(cluster: string, name: string): Finding {
  return problem(
    'Stack',
    `A stack named ${name} exists already`,
    `If it is an older ${cluster}, tear it down first: /k8s down ${cluster}`,
  );
}
