import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodStatus } from '@kubernetes/client-node';

/** A pod as `kubectl get pods` shows it. */
export interface PodStatus {
  readonly name: string;
  /** Containers that are ready, of all: `1/2`. */
  readonly ready: string;
  /** `Running`, `Pending`, `ContainerCreating`, `CrashLoopBackOff`, `Init:0/1`, `Completed`, `Terminating` … */
  readonly status: string;
  readonly restarts: number;
  /** Empty until a node was found for it. */
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

/** What was found out while looking through containers one after another. */
interface Findings {
  readonly status: string;
  readonly ready: number;
  readonly restarts: number;
}

/**
 * The columns NAME, READY, STATUS and RESTARTS, as the API server's printer works them out (`printPod` in
 * pkg/printers/internalversion/printers.go of Kubernetes 1.34). No field of a pod has what STATUS says: it is the phase,
 * overruled by the pod's own reason, the first init container that is not through, the containers and a deletion.
 */
export function podStatus(pod: V1Pod): PodStatus {
  const { metadata, spec, status = {} } = pod;
  const init = initFindings(pod);
  const main = init.done || isTrue(status, 'Initialized') ? containerFindings(status, init) : init;
  const containers = (spec?.containers?.length ?? 0) + sidecars(pod).size;
  return {
    name: metadata?.name ?? '',
    ready: `${main.ready}/${containers}`,
    status: deletionStatus(pod) ?? main.status,
    restarts: main.restarts,
    node: spec?.nodeName ?? '',
    ...(status.startTime && { startedAt: new Date(status.startTime).getTime() }),
  };
}

interface InitFindings extends Findings {
  /** Every init container is through, or is a sidecar that has started. */
  readonly done: boolean;
  readonly sidecarRestarts: number;
}

function initFindings(pod: V1Pod): InitFindings {
  const { spec, status = {} } = pod;
  const all = status.initContainerStatuses ?? [];
  const isSidecar = sidecars(pod);
  const held = all.findIndex((container) => !isThrough(container, isSidecar.has(container.name)));
  const through = held === -1 ? all : all.slice(0, held);
  const seen = held === -1 ? all : all.slice(0, held + 1);
  const progress = `${held}/${spec?.initContainers?.length ?? 0}`;
  return {
    status: held === -1 ? phaseStatus(status) : `Init:${initReason(all[held]?.state) ?? progress}`,
    ready: through.filter(({ name, ready }) => isSidecar.has(name) && ready).length,
    restarts: restartsOf(seen),
    sidecarRestarts: restartsOf(seen.filter(({ name }) => isSidecar.has(name))),
    done: held === -1,
  };
}

/** It has ended well; a sidecar need only have started. */
function isThrough({ state, started }: V1ContainerStatus, sidecar: boolean): boolean {
  return state?.terminated?.exitCode === 0 || (sidecar && started === true);
}

function restartsOf(containers: readonly V1ContainerStatus[]): number {
  return containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Why an init container is not through; undefined when nothing is wrong with it and it just takes its time. */
function initReason(state: V1ContainerState | undefined): string | undefined {
  const waiting = state?.waiting?.reason;
  return endOf(state) ?? (waiting === 'PodInitializing' ? undefined : waiting || undefined);
}

/** The first container that waits or has ended has the last word, so they are gone through from the last to the first. */
function containerFindings(status: V1PodStatus, init: InitFindings): Findings {
  const containers = status.containerStatuses ?? [];
  const said = containers.map(containerReason).find((reason) => reason !== undefined) ?? init.status;
  const running = containers.filter(isUp);
  const completed = said === 'Completed' && running.length > 0;
  return {
    status: completed ? (isTrue(status, 'Ready') ? 'Running' : 'NotReady') : said,
    ready: init.ready + running.length,
    restarts: init.sidecarRestarts + restartsOf(containers),
  };
}

function containerReason({ state }: V1ContainerStatus): string | undefined {
  return state?.waiting?.reason || endOf(state);
}

function isUp(container: V1ContainerStatus): boolean {
  return containerReason(container) === undefined && container.ready && container.state?.running !== undefined;
}

/** How a container ended: its reason, or by which signal or exit code. */
function endOf(state: V1ContainerState | undefined): string | undefined {
  if (!state?.terminated) return undefined;
  const { reason, signal, exitCode } = state.terminated;
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

/** Before any container is looked at. */
function phaseStatus({ phase, reason, conditions }: V1PodStatus): string {
  const gated = conditions?.some(({ type, reason: why }) => type === 'PodScheduled' && why === 'SchedulingGated');
  return gated ? 'SchedulingGated' : reason || phase || 'Unknown';
}

function deletionStatus({ metadata, status }: V1Pod): string | undefined {
  if (metadata?.deletionTimestamp === undefined) return undefined;
  if (status?.reason === 'NodeLost') return 'Unknown';
  return status?.phase === 'Failed' || status?.phase === 'Succeeded' ? undefined : 'Terminating';
}

/** Init containers that go on running beside the others, and count as containers. */
function sidecars({ spec }: V1Pod): Set<string> {
  const always = spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  return new Set(always.map(({ name }) => name));
}

function isTrue({ conditions }: V1PodStatus, wanted: string): boolean {
  return conditions?.some(({ type, status }) => type === wanted && status === 'True') ?? false;
}
