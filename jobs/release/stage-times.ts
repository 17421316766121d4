import type { StageTime } from '../../src/clusters/artifact.ts';
import type { BuiltKubernetes } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { BuildStage } from '../../src/kubernetes/build-stages.ts';

const secondMs = 1_000;
const minuteMs = 60_000;

/** How fine the time of a stage is told before it is a minute. */
const stepMs = 15_000;

/**
 * How long each stage took when the same was last built: the same target for the same platform, of whatever commit.
 * `deployments` are the newest first. None when nobody remembers.
 */
export function lastStages(
  deployments: readonly Deployment[],
  { target, platform }: Pick<BuiltKubernetes, 'target' | 'platform'>,
): readonly StageTime[] {
  for (const { spec, steps } of deployments) {
    const { kubernetes } = spec;
    const stages = steps.build?.result?.stages ?? [];
    const alike = kubernetes.source === 'build' && kubernetes.target === target && kubernetes.platform === platform;
    if (alike && stages.length > 0) return stages;
  }
  return [];
}

/** What a stage is, as a line of the card: `compiling cmd/kubelet · 12 min, last time 24 min`. */
export function stageText(
  { stage, target }: { stage: BuildStage; target?: string | undefined },
  elapsedMs: number,
  last: readonly StageTime[],
): string {
  const lastMs = last.find((one) => one.stage === stage)?.ms ?? 0;
  const times = [
    ...(elapsedMs >= stepMs ? [timeText(Math.floor(elapsedMs / stepMs) * stepMs)] : []),
    ...(lastMs >= secondMs ? [`last time ${timeText(lastMs)}`] : []),
  ];
  const what = whatText(stage, target);
  return times.length === 0 ? what : `${what} · ${times.join(', ')}`;
}

function whatText(stage: BuildStage, target: string | undefined): string {
  switch (stage) {
    case 'fetch':
      return 'fetching the source';
    case 'images':
      return 'building images';
    case 'compile':
      return target === undefined ? 'compiling' : `compiling ${target}`;
    case 'package':
      return target === undefined ? 'packaging' : `packaging ${target}`;
  }
}

/** Whole seconds below a minute, whole minutes above. */
function timeText(ms: number): string {
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  const minutes = Math.floor(ms / minuteMs);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
