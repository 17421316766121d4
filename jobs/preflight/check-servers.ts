import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem } from '../../src/clusters/finding.ts';
import { controlPlaneFindings, type ImageDemand, nodeFindings, serversFinding } from '../../src/clusters/flavor-fit.ts';
import { clusterNeeds, quotaFindings } from '../../src/clusters/quota.ts';
import { type Flavor, pickFlavor } from '../../src/openstack/nova/flavors.ts';
import { listed } from './listed.ts';
import type { Survey } from './survey.ts';
import { limitsIn } from './survey-quotas.ts';

/** Whether the flavors are there and large enough, and whether the quotas leave room for what is made of them. */
export function checkServers(spec: ClusterSpec, survey: Survey): Finding[] {
  if (!survey.flavors.seen) return [];
  const flavors = survey.flavors.value;
  const controlPlane = pickFlavor(flavors, spec.controlPlane.flavor) ?? spec.controlPlane.flavor;
  const node = pickFlavor(flavors, spec.nodes.flavor) ?? spec.nodes.flavor;
  const missing = [controlPlane, node].filter((flavor) => typeof flavor === 'string');
  const image = demandOf(spec, survey);
  return [
    ...[...new Set(missing)].map((name) => noFlavor(name, flavors)),
    ...(typeof controlPlane === 'string'
      ? []
      : [serversFinding('Control plane', 1, controlPlane), ...controlPlaneFindings(controlPlane, image)]),
    ...(typeof node === 'string'
      ? []
      : [serversFinding('Nodes', spec.nodes.count, node, spec.nodes.max), ...nodeFindings(node, image)]),
    ...(typeof controlPlane === 'string' || typeof node === 'string'
      ? []
      : checkQuota(spec, survey, controlPlane, node)),
  ];
}

function checkQuota(spec: ClusterSpec, survey: Survey, controlPlane: Flavor, node: Flavor): Finding[] {
  const needs = clusterNeeds({ nodes: spec.nodes.count, controlPlane, node });
  return [...quotaFindings(needs, limitsIn(survey)), ...groupFindings(spec, survey)];
}

/** All servers of a cluster are in one group, which spreads them over hosts, and Nova limits how many a group may have. */
function groupFindings({ nodes }: ClusterSpec, { limits }: Survey): Finding[] {
  const most = limits.seen ? limits.value.serverGroupMembers.max : undefined;
  if (most === undefined || nodes.count + 1 <= most) return [];
  return [
    problem(
      'Quota',
      `A server group may have ${most} servers in this project, and the cluster needs ${nodes.count + 1}`,
      'Make the cluster smaller, or ask the cloud’s operator for more members in a server group',
    ),
  ];
}

function noFlavor(name: string, flavors: readonly Flavor[]): Finding {
  return problem(
    'Flavor',
    `The cloud has no flavor ${name}`,
    `Choose one of: ${listed(flavors.map((flavor) => flavor.name))}`,
  );
}

function demandOf({ image: wanted }: ClusterSpec, { image }: Survey): ImageDemand {
  const name = 'id' in wanted ? wanted.id : wanted.name;
  const found = image.seen ? image.value.image : undefined;
  if (found === undefined) return { name };
  const { minDisk, minRam, size } = found;
  return { name: found.name, minDiskGib: minDisk, minRamMib: minRam, ...(size !== undefined && { bytes: size }) };
}
