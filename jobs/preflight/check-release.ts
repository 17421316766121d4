import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem } from '../../src/clusters/finding.ts';
import { releasesContainer } from '../../src/clusters/names.ts';
import { isNotFound } from '../../src/errors.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type SwiftInfo, swiftInfo } from '../../src/openstack/swift/info.ts';
import { listObjects } from '../../src/openstack/swift/objects.ts';
import { canSign } from '../../src/openstack/swift/temp-url.ts';
import { look } from './look.ts';

/** Whether the release is in Swift already, and whether Swift can hand it to the nodes. */
export async function checkRelease(
  { swift }: OpenStack,
  { kubernetes: { version } }: ClusterSpec,
  signal: AbortSignal,
): Promise<Finding[]> {
  const [stored, info] = await Promise.all([
    look('Swift', signal, (within) => releaseBytes(swift, version, within)),
    look('Swift', signal, (within) => swiftInfo(swift, within)),
  ]);
  return [
    stored.seen ? ok('Release', releaseText(version, stored.value)) : stored.finding,
    ...(info.seen ? signingFindings(info.value.tempUrl) : []),
  ];
}

/** Bytes of the objects of a version; undefined when there are none. Nobody has published before the container is there. */
async function releaseBytes(
  swift: OpenStack['swift'],
  version: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const objects = await listObjects(swift, releasesContainer, { prefix: `${version}/` }, signal);
    return objects.length === 0 ? undefined : objects.reduce((sum, { size }) => sum + size, 0);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function releaseText(version: string, bytes: number | undefined): string {
  if (bytes === undefined) return `${version} is not in Swift yet`;
  return `${version} is in Swift already, ${Math.max(1, Math.round(bytes / 1024 ** 2))} MiB`;
}

/** Nodes fetch the release by signed URLs, and these are signed with SHA-256 or SHA-512. */
function signingFindings(tempUrl: SwiftInfo['tempUrl']): Finding[] {
  if (canSign(tempUrl)) return [];
  return [
    problem(
      'Swift',
      'Swift does not offer URLs that are signed with SHA-256 or SHA-512, by which nodes fetch the release',
      'Ask the cloud’s operator to put tempurl into Swift’s pipeline with the digest sha256',
    ),
  ];
}
