import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem } from '../../src/clusters/finding.ts';
import {
  controlPlaneFindings,
  controlPlanesFinding,
  type ImageDemand,
  nodeFindings,
  nodesFinding,
} from '../../src/clusters/flavor-fit.ts';
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
      : [
          controlPlanesFinding(spec.controlPlane, controlPlane),
          ...controlPlaneFindings(controlPlane, image, spec.controlPlane.bootVolume),
        ]),
    ...(typeof node === 'string'
      ? []
      : [nodesFinding(spec.nodes, node), ...nodeFindings(node, image, spec.nodes.bootVolume)]),
    ...(typeof controlPlane === 'string' || typeof node === 'string'
      ? []
      : checkQuota(spec, survey, controlPlane, node)),
  ];
}

function checkQuota(spec: ClusterSpec, survey: Survey, controlPlane: Flavor, node: Flavor): Finding[] {
  const needs = clusterNeeds(spec, { controlPlane, node });
  return [...quotaFindings(needs, limitsIn(survey)), ...groupFindings(spec, survey)];
}

/** Control planes and nodes are in a group each, which spreads them over hosts, and Nova limits how many it may have. */
export function groupFindings(
  { controlPlane, nodes, serverGroup }: ClusterSpec,
  { limits }: Pick<Survey, 'limits'>,
): Finding[] {
  const most = limits.seen ? limits.value.serverGroupMembers.max : undefined;
  const needed = Math.max(controlPlane.count, nodes.count);
  if (serverGroup === 'none' || most === undefined || needed <= most) return [];
  return [
    problem(
      'Quota',
      `A server group may have ${most} servers in this project, and the cluster needs ${needed}`,
      'Make the cluster smaller, or ask the cloud’s operator for more members in a server group',
    ),
  ];
}

export function noFlavor(name: string, flavors: readonly Flavor[]): Finding {
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
