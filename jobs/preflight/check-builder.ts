import { join } from 'node:path';
import type { BuildNeeds, ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Finding } from '../../src/clusters/finding.ts';
import { builderProblems, defaultNeeds, examineBuilder } from '../../src/kubernetes/examine-builder.ts';
import type { Tools } from '../run.ts';

/** How this machine is as a build worker. */
export interface BuilderLook {
  readonly host: string;
  readonly findings: readonly Finding[];
}

/** Looks at everything that a build needs of this machine: programs, Docker, disk and memory. Changes nothing. */
export async function checkBuilder(
  needs: BuildNeeds,
  { environment, dataDir }: Pick<Tools, 'environment' | 'dataDir'>,
  signal: AbortSignal,
): Promise<BuilderLook> {
  const facts = await examineBuilder({ environment, directory: buildsFolder(dataDir), signal });
  return { host: facts.host, findings: builderProblems(facts, needs) };
}

/** Where a worker builds. */
export function buildsFolder(dataDir: string): string {
  return join(dataDir, 'builds');
}

/** What the most demanding of the clusters needs of a build worker; what Kubernetes itself needs where none is built. */
export function largestNeeds(specs: Iterable<ClusterSpec>): BuildNeeds {
  const all = [...specs].flatMap(({ kubernetes }) => (kubernetes.source === 'build' ? kubernetes.needs : []));
  if (all.length === 0) return defaultNeeds;
  return {
    docker: all.some(({ docker }) => docker),
    diskBytes: Math.max(...all.map(({ diskBytes }) => diskBytes)),
    memoryBytes: Math.max(...all.map(({ memoryBytes }) => memoryBytes)),
  };
}
