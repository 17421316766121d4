import { type ArtifactManifest, artifactId, recipeOf } from '../../src/clusters/artifact.ts';
import type { ClusterSpec, KubernetesSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok, problem } from '../../src/clusters/finding.ts';
import type { Logger } from '../../src/log.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type SwiftInfo, swiftInfo } from '../../src/openstack/swift/info.ts';
import { canSign } from '../../src/openstack/swift/temp-url.ts';
import type { Producer } from '../../src/queue/producer.ts';
import { findArtifact } from '../release/artifact-store.ts';
import { look } from './look.ts';

/** What is known of a cluster's Kubernetes before anything is made. */
export interface ReleaseLook {
  readonly findings: readonly Finding[];
  /** The commit that is meant. */
  readonly commit?: string;
}

/** Where a build worker is asked, and what is told to the operator alone. */
export interface ReleaseTools {
  readonly producer: Pick<Producer, 'inspect'>;
  readonly log: Logger;
}

/** A build worker that is free answers at once, but the repository may be far away. */
const sourceMs = 60_000;

/**
 * Which Kubernetes it will be, whether Swift has it already, whether a build worker could make it if not, and whether
 * Swift can hand it to the nodes.
 */
export async function checkRelease(
  openstack: OpenStack,
  { kubernetes }: ClusterSpec,
  { producer, log }: ReleaseTools,
  signal: AbortSignal,
): Promise<ReleaseLook> {
  const [source, info] = await Promise.all([
    look('Build worker', signal, () => producer.inspect('inspect-source', { kubernetes }, sourceMs), {
      deadlineMs: sourceMs,
    }),
    look('Swift', signal, (within) => swiftInfo(openstack.swift, within)),
  ]);
  const signing = info.seen ? signingFindings(info.value.tempUrl) : [];
  if (!source.seen) return { findings: [source.finding, ...signing] };

  const { commit, findings } = source.value;
  const recipe = recipeOf(kubernetes, commit);
  const stored = await look('Swift', signal, async (within) =>
    recipe === undefined ? undefined : findArtifact(openstack.swift, artifactId(recipe), within, log),
  );
  const kept = stored.seen ? keptFindings(kubernetes, commit, stored.value, findings) : [stored.finding];
  return { findings: [...kept, ...signing], ...(commit !== undefined && { commit }) };
}

/** What a build worker lacks stands in nobody's way who needs no build. */
function keptFindings(
  kubernetes: KubernetesSpec,
  commit: string | undefined,
  stored: ArtifactManifest | undefined,
  findings: readonly Finding[],
): Finding[] {
  const described = ok('Kubernetes', describeKubernetes(kubernetes, commit));
  if (stored === undefined) return [described, ok('Release', makingText(kubernetes)), ...findings];
  const mebibytes = Math.max(1, Math.round(stored.files.reduce((sum, { size }) => sum + size, 0) / 1024 ** 2));
  const day = new Date(stored.madeAt).toISOString().slice(0, 10);
  return [described, ok('Release', `in Swift since ${day} (${mebibytes} MiB): nothing is built or sent`)];
}

function makingText(kubernetes: KubernetesSpec): string {
  if (kubernetes.source === 'build') return `not in Swift yet: it is built (make ${kubernetes.target}) and sent`;
  return `not in Swift yet: it comes from ${new URL(kubernetes.mirror).host}`;
}

/** "v1.34.2 from source, commit 0123456789ab". */
function describeKubernetes(kubernetes: KubernetesSpec, commit: string | undefined): string {
  const { version } = kubernetes;
  if (kubernetes.source === 'release') return `${version}, official release`;
  const meant =
    commit === undefined ? 'its commit is looked for in the fetched source' : `commit ${commit.slice(0, 12)}`;
  return `${version} from source, ${meant}`;
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
