import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem } from '../../src/clusters/finding.ts';
import type { Survey } from './survey.ts';

/** Whether the cloud has the services that not every cluster needs. */
export function checkOffers({ controlPlane, nodes }: ClusterSpec, { balancing, volumeLimits }: Survey): Finding[] {
  const onVolumes = controlPlane.bootVolume !== undefined || nodes.bootVolume !== undefined;
  return [
    ...(controlPlane.count > 1 && balancing.seen && !balancing.value ? [noOctavia(controlPlane.count)] : []),
    ...(onVolumes && volumeLimits.seen && volumeLimits.value === undefined ? [noCinder()] : []),
  ];
}

function noOctavia(count: number): Finding {
  return problem(
    'Load balancer',
    `${count} control planes need a load balancer, and the cloud offers no Octavia`,
    'Set controlPlane.count to 1 in clusters.yaml, or ask the cloud’s operator for Octavia',
  );
}

function noCinder(): Finding {
  return problem(
    'Volumes',
    'The servers are to boot from volumes, and the cloud offers no Cinder',
    'Remove bootVolume from clusters.yaml, or ask the cloud’s operator for Cinder',
  );
}
