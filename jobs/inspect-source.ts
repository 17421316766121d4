import type { BuiltKubernetes, ReleasedKubernetes } from '../src/clusters/cluster-spec.ts';
import type { Finding } from '../src/clusters/finding.ts';
import type { SourceInspection } from '../src/clusters/inspection.ts';
import { toolEnvironment } from '../src/kubernetes/environment.ts';
import { builderProblems, examineBuilder } from '../src/kubernetes/examine-builder.ts';
import { lookUpRef } from '../src/kubernetes/look-up-ref.ts';
import type { InspectionData } from '../src/queue/jobs.ts';
import { publishedSha512 } from './official-release.ts';
import { buildsFolder } from './preflight/check-builder.ts';
import { look } from './preflight/look.ts';
import type { Tools } from './run.ts';

/** What of a worker this needs. */
export type SourceTools = Pick<Tools, 'environment' | 'dataDir' | 'secrets'>;

/** Asking a repository or a mirror takes seconds; one that takes longer is told as not answering. */
const lookMs = 45_000;

/**
 * Which commit a cluster's Kubernetes means now, and what of this build worker or of the mirror would keep it from being
 * made. Changes nothing.
 */
export async function inspectSource(
  { kubernetes }: InspectionData['inspect-source'],
  tools: SourceTools,
  signal: AbortSignal,
): Promise<SourceInspection> {
  return kubernetes.source === 'build'
    ? inspectBuild(kubernetes, tools, signal)
    : inspectOfficial(kubernetes, tools, signal);
}

async function inspectBuild(
  { version, repository, needs }: BuiltKubernetes,
  { environment, dataDir, secrets }: SourceTools,
  signal: AbortSignal,
): Promise<SourceInspection> {
  const directory = buildsFolder(dataDir);
  const [meant, facts] = await Promise.all([
    look(
      'Kubernetes',
      signal,
      (within) => lookUpRef(repository, version, { env: toolEnvironment(environment), secrets, signal: within }),
      { deadlineMs: lookMs },
    ),
    examineBuilder({ environment, directory, signal }),
  ]);
  const lacking = builderProblems(facts, { ...needs, ref: version })
    .filter(({ level }) => level !== 'ok')
    .map(
      (found): Finding => ({ ...found, label: `Build worker ${facts.host}`, text: `${found.label}: ${found.text}` }),
    );
  if (!meant.seen) return { findings: [meant.finding, ...lacking] };
  return { findings: lacking, ...(meant.value.commit !== undefined && { commit: meant.value.commit }) };
}

async function inspectOfficial(
  { version, platform, mirror, sha512 }: ReleasedKubernetes,
  { environment }: SourceTools,
  signal: AbortSignal,
): Promise<SourceInspection> {
  if (sha512 !== undefined) return { findings: [] };
  const published = await look(
    'Kubernetes',
    signal,
    (within) => publishedSha512({ version, platform, mirror, environment, signal: within }),
    { deadlineMs: lookMs },
  );
  return { findings: published.seen ? [] : [published.finding] };
}
