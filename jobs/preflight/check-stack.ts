import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem } from '../../src/clusters/finding.ts';
import { stackName } from '../../src/clusters/names.ts';
import { stackParameters } from '../../src/clusters/stack.ts';
import { previewStack } from '../../src/openstack/heat/previews.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../../src/openstack/heat/template-files.ts';
import { validateTemplate } from '../../src/openstack/heat/templates.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { look } from './look.ts';
import type { Survey } from './survey.ts';

/** Whether the stack's name is free, and whether this cloud's Heat understands the template. */
export async function checkStack(
  { heat }: OpenStack,
  spec: ClusterSpec,
  template: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  const name = stackName(spec.name);
  const [existing, valid] = await Promise.all([
    look('Heat', signal, (within) => findStack(heat, name, within)),
    look('Heat', signal, async (within) => validateTemplate(heat, await loadTemplate(template), within)),
  ]);
  return [
    ...(existing.seen ? [] : [existing.finding]),
    ...(existing.seen && existing.value !== undefined ? [nameTaken(spec.name, name)] : []),
    ...(valid.seen ? [] : [valid.finding]),
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
  const owner = { id: 'plan', cluster: spec.name, channel: spec.channel, requestedBy: '', requestedAt: 0, spec };
  const parameters = stackParameters(owner, { image: found.id, keypair: key.name, ...notYetKnown });
  const preview = await look('Heat', signal, async (within) =>
    previewStack(heat, { name: stackName(spec.name), ...(await loadTemplate(template)), parameters }, within),
  );
  return preview.seen ? [] : [preview.finding];
}

/** What building and publishing will tell, in a form that the template takes. */
const notYetKnown = {
  version: 'v0.0.0',
  serverUrl: 'https://swift.invalid/kubernetes-server-linux-amd64.tar.gz',
  serverSha256: '0'.repeat(64),
};

function nameTaken(cluster: string, name: string): Finding {
  return problem(
    'Stack',
    `A stack named ${name} exists already`,
    `If it is an older ${cluster}, tear it down first: /k8s down ${cluster}`,
  );
}
