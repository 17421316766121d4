import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { stackTag } from '../../src/clusters/names.ts';
import { isNotFound } from '../../src/errors.ts';
import { listVolumeZones, type VolumeZone } from '../../src/openstack/cinder/availability-zones.ts';
import { getImage, listImages } from '../../src/openstack/glance/images.ts';
import type { StackSummary } from '../../src/openstack/heat/stack.ts';
import { listStacks } from '../../src/openstack/heat/stacks.ts';
import { listNetworks, type Network } from '../../src/openstack/neutron/networks.ts';
import { listPorts, type Port } from '../../src/openstack/neutron/ports.ts';
import { listRouters, type Router } from '../../src/openstack/neutron/routers.ts';
import { listSubnetsByOwner, type Subnet } from '../../src/openstack/neutron/subnets.ts';
import { type AvailabilityZone, listAvailabilityZones } from '../../src/openstack/nova/availability-zones.ts';
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
  /** Those of servers, where the cluster names any. */
  readonly zones: Looked<readonly AvailabilityZone[]>;
  /** Those of volumes; undefined where the cloud has no volumes, or the cluster wants none in a zone. */
  readonly volumeZones: Looked<readonly VolumeZone[] | undefined>;
  /** Whether the cloud has load balancers. */
  readonly balancing: Looked<boolean>;
  readonly surroundings: Looked<Surroundings>;
  /** The stacks of all clusters by Slipway. */
  readonly stacks: Looked<readonly StackSummary[]>;
}

/** Asks a cloud for everything at once. */
export async function survey(openstack: OpenStack, spec: ClusterSpec, signal: AbortSignal): Promise<Survey> {
  const { nova, glance, neutron, heat } = openstack;
  const [flavors, quotas, keypair, image, networks, surroundings, stacks, places] = await Promise.all([
    look('Nova', signal, (within) => listFlavors(nova, {}, within)),
    surveyQuotas(openstack, signal),
    look('Nova', signal, (within) => findKeypair(nova, spec.keypair.name, within)),
    look('Glance', signal, (within) => wantedImage(glance, spec.image, within)),
    look('Neutron', signal, (within) => listNetworks(neutron, {}, within)),
    look('Neutron', signal, (within) => surroundingsOf(openstack, within), { optional: 'The networks nearby' }),
    look('Heat', signal, (within) => listStacks(heat, { tags: [stackTag] }, within), {
      optional: 'The networks of other clusters',
    }),
    surveyPlaces(openstack, spec, signal),
  ]);
  return { flavors, ...quotas, keypair, image, networks, surroundings, stacks, ...places };
}

/** What only some clusters need: what none asks for is not looked at. */
async function surveyPlaces(
  openstack: OpenStack,
  { controlPlane, nodes }: ClusterSpec,
  signal: AbortSignal,
): Promise<Pick<Survey, 'zones' | 'volumeZones' | 'balancing'>> {
  const inZones = [controlPlane, nodes].filter(({ availabilityZone }) => availabilityZone !== undefined);
  const onVolumes = inZones.some(({ bootVolume }) => bootVolume !== undefined);
  const optional = { optional: 'The zones of volumes' };
  const [zones, volumeZones, balancing] = await Promise.all([
    look('Nova', signal, async (within) => (inZones.length === 0 ? [] : listAvailabilityZones(openstack.nova, within))),
    look('Cinder', signal, async (within) => (onVolumes ? volumeZonesOf(openstack, within) : undefined), optional),
    look('Keystone', signal, (within) => openstack.offers('octavia', within)),
  ]);
  return { zones, volumeZones, balancing };
}

async function volumeZonesOf(openstack: OpenStack, signal: AbortSignal): Promise<VolumeZone[] | undefined> {
  return (await openstack.offers('cinder', signal)) ? listVolumeZones(openstack.cinder, signal) : undefined;
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
