import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { stackTag } from '../../src/clusters/names.ts';
import { isNotFound } from '../../src/errors.ts';
import { getImage, listImages } from '../../src/openstack/glance/images.ts';
import type { StackSummary } from '../../src/openstack/heat/stack.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listNetworks, type Network } from '../../src/openstack/neutron/networks.ts';
import { listPorts, type Port } from '../../src/openstack/neutron/ports.ts';
import { listRouters, type Router } from '../../src/openstack/neutron/routers.ts';
import { listSubnetsByOwner, type Subnet } from '../../src/openstack/neutron/subnets.ts';
import { type Flavor, listFlavors } from '../../src/openstack/nova/flavors.ts';
import { findKeypair, type Keypair } from '../../src/openstack/nova/keypairs.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type Choice, chooseImage } from '../image/choose-image.ts';
import { type Looked, look } from './look.ts';
import { type QuotaSurvey, surveyQuotas } from './survey-quotas.ts';

/** The ranges of addresses that a project sees, and what connects them. */
export interface Surroundings {
  readonly own: readonly Subnet[];
  /** Those of others: what is shared, and everything for an operator. */
  readonly foreign: readonly Subnet[];
  readonly routers: readonly Router[];
  readonly ports: readonly Port[];
}

/** What several checks need to know of a cloud, asked once and side by side. Nothing is changed. */
export interface Survey extends QuotaSurvey {
  readonly flavors: Looked<readonly Flavor[]>;
  readonly keypair: Looked<Keypair | undefined>;
  /** The image that the step would take, if there is one. */
  readonly image: Looked<Choice>;
  readonly networks: Looked<readonly Network[]>;
  readonly surroundings: Looked<Surroundings>;
  /** The stacks of all clusters by Slipway. */
  readonly stacks: Looked<readonly StackSummary[]>;
}

/** Asks a cloud for everything at once. */
export async function survey(openstack: OpenStack, spec: ClusterSpec, signal: AbortSignal): Promise<Survey> {
  const { nova, glance, neutron, heat } = openstack;
  const [flavors, quotas, keypair, image, networks, surroundings, stacks] = await Promise.all([
    look('Nova', signal, (within) => listFlavors(nova, {}, within)),
    surveyQuotas(openstack, signal),
    look('Nova', signal, (within) => findKeypair(nova, spec.keypair.name, within)),
    look('Glance', signal, (within) => wantedImage(glance, spec.image, within)),
    look('Neutron', signal, (within) => listNetworks(neutron, {}, within)),
    look('Neutron', signal, (within) => surroundingsOf(openstack, within), { optional: 'The networks nearby' }),
    look('Heat', signal, (within) => listStacks(heat, { tags: [stackTag] }, within), {
      optional: 'The networks of other clusters',
    }),
  ]);
  return { flavors, ...quotas, keypair, image, networks, surroundings, stacks };
}

/** Chosen as the step chooses it. */
async function wantedImage(
  glance: OpenStack['glance'],
  wanted: ClusterSpec['image'],
  signal: AbortSignal,
): Promise<Choice> {
  if (!('id' in wanted)) return chooseImage(await listImages(glance, { name: wanted.name }, signal), wanted);
  try {
    return { image: await getImage(glance, wanted.id, signal) };
  } catch (error) {
    if (isNotFound(error)) return {};
    throw error;
  }
}

async function surroundingsOf(openstack: OpenStack, signal: AbortSignal): Promise<Surroundings> {
  const { neutron } = openstack;
  const project = await openstack.projectId(signal);
  const [subnets, routers, ports] = await Promise.all([
    listSubnetsByOwner(neutron, project, signal),
    listRouters(neutron, {}, signal),
    listPorts(neutron, {}, signal),
  ]);
  return { ...subnets, routers, ports };
}
