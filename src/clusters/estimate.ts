import type { ClusterSpec } from './cluster-spec.ts';
import type { Deployment } from './deployment.ts';
import type { StepName } from './steps.ts';

/** How long it took the last time. */
export interface Estimate {
  readonly totalMs: number;
  /** The cluster that was brought up then. */
  readonly cluster: string;
  /** The steps that took longest, the longest first. */
  readonly longest: readonly { readonly step: StepName; readonly ms: number }[];
}

/** A step that took less is not worth telling. */
const worthTellingMs = 15_000;

/**
 * How long bringing up a cluster will take, going by the last time that it worked for this cluster, or else for any one
 * whose Kubernetes comes from the same source. Undefined when it never has. `history` is newest first.
 */
export function estimateOf(spec: ClusterSpec, history: readonly Deployment[]): Estimate | undefined {
  const done = history.filter(({ action, state }) => action === 'up' && state === 'succeeded');
  const last =
    done.find(({ cluster }) => cluster === spec.name) ??
    done.find((other) => other.spec.kubernetes.source === spec.kubernetes.source);
  if (last === undefined) return undefined;
  const times = stepTimes(last);
  if (times.length === 0) return undefined;
  const startedAt = Math.min(...times.map((time) => time.startedAt));
  const finishedAt = last.finishedAt ?? Math.max(...times.map((time) => time.finishedAt));
  return {
    totalMs: finishedAt - startedAt,
    cluster: last.cluster,
    longest: times
      .map(({ step, ...time }) => ({ step, ms: time.finishedAt - time.startedAt }))
      .filter(({ ms }) => ms >= worthTellingMs)
      .sort((a, b) => b.ms - a.ms)
      .slice(0, 2),
  };
}

/** "about 6 min, as last time (build 4 min, stack 2 min)". */
export function estimateText({ totalMs, cluster, longest }: Estimate, wanted: string): string {
  const steps = longest.map(({ step, ms }) => `${step} ${roughly(ms)}`).join(', ');
  const whose = cluster === wanted ? 'as last time' : `as ${cluster} took`;
  return `about ${roughly(totalMs)}, ${whose}${steps === '' ? '' : ` (${steps})`}`;
}

function stepTimes({ steps }: Deployment): { step: StepName; startedAt: number; finishedAt: number }[] {
  return (Object.entries(steps) as [StepName, Deployment['steps'][StepName]][]).flatMap(([step, record]) =>
    record?.startedAt === undefined || record.finishedAt === undefined
      ? []
      : [{ step, startedAt: record.startedAt, finishedAt: record.finishedAt }],
  );
}

function roughly(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
