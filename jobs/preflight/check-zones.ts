import type { ClusterSpec, ServersSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, problem, warning } from '../../src/clusters/finding.ts';
import { listed } from './listed.ts';
import type { Survey } from './survey.ts';

interface Zone {
  readonly name: string;
  readonly available: boolean;
}

/** Whether the zones that clusters.yaml names are there, for servers and for the volumes that they boot from. */
export function checkZones({ controlPlane, nodes }: ClusterSpec, { zones, volumeZones }: Survey): Finding[] {
  const wanted = [
    ['controlPlane', controlPlane],
    ['nodes', nodes],
  ] as const;
  return wanted.flatMap(([key, servers]) => [
    ...(zones.seen ? serverZone(key, servers, zones.value) : []),
    ...(volumeZones.seen && volumeZones.value !== undefined ? volumeZone(servers, volumeZones.value) : []),
  ]);
}

function serverZone(key: string, { availabilityZone: wanted }: ServersSpec, zones: readonly Zone[]): Finding[] {
  if (wanted === undefined) return [];
  const found = zones.find(({ name }) => name === wanted);
  if (found?.available === true) return [];
  const what = found === undefined ? `The cloud has no availability zone ${wanted}` : `No host of ${wanted} is up`;
  const others = zones.filter(({ available }) => available).map(({ name }) => name);
  return [problem('Zone', what, `Set ${key}.availabilityZone in clusters.yaml to one of: ${listed(others)}`)];
}

/** Cinder has zones of its own; where they are called otherwise, a volume can mostly be attached all the same. */
function volumeZone({ availabilityZone: wanted, bootVolume }: ServersSpec, zones: readonly Zone[]): Finding[] {
  if (wanted === undefined || bootVolume === undefined) return [];
  if (zones.some(({ name, available }) => name === wanted && available)) return [];
  return [
    warning(
      'Zone',
      `Cinder has no zone ${wanted} for boot volumes`,
      'If servers cannot be made, ask the operator whether volumes of another zone may be attached',
    ),
  ];
}
