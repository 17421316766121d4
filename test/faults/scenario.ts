import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { Redis } from 'ioredis';
import type { Tools } from '../../jobs/run.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { stackTag } from '../../src/clusters/names.ts';
import { silentLogger } from '../../src/log.ts';
import { StackWatch } from '../../src/openstack/heat/stack-watch.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import type { Producer } from '../../src/queue/producer.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Builders } from '../../src/store/builders.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Mutex } from '../../src/store/mutex.ts';
import { buildWorkerThatSays } from '../support/build-worker.ts';
import type { FaultKind } from '../support/fault-kinds.ts';
import type { CallMatch, FaultProxy, PlannedFault } from '../support/fault-proxy.ts';
import { stagingKubernetes } from '../support/fixtures.ts';
import { type Given, planDeployment, runSteps } from './flow.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import type { FaultyCloud } from './world.ts';

/** A part of a deployment that a worker may begin with nothing in its memory. */
export const phases = ['plan of up', 'up', 'plan of scale', 'scale', 'plan of down', 'down'] as const;
export type Phase = (typeof phases)[number];

/** A call of the flow: the first one of its shape in its phase. */
export interface FlowCall {
  readonly phase: Phase;
  readonly method: string;
  readonly service: string;
  /** The path with everything that differs from run to run left open. */
  readonly shape: string;
  readonly hasBody: boolean;
}

/** What is to go wrong with which call. */
export interface Trouble {
  readonly kind: FaultKind;
  readonly call: FlowCall;
}

/** How one action ended, and what there was in the cloud then. */
export interface Ended {
  readonly deployment: Deployment;
  readonly inventory: Inventory;
}

/** What a run from nothing to a cluster, to a larger one, and back left. */
export interface Outcome {
  readonly up: Ended;
  /** Undefined where the cluster did not come up. */
  readonly scale: Ended | undefined;
  readonly down: Ended;
  /** Which of the troubles really happened. */
  readonly struck: readonly boolean[];
  readonly calls: readonly FlowCall[];
}

/** What all runs have in common. */
export interface Props {
  /** The cloud of a run. */
  readonly open: () => Promise<FaultyCloud>;
  readonly redisUrl: string;
  /** The folder of the worker on which all of it happens. */
  readonly dataDir: string;
  readonly spec: ClusterSpec;
  /** Steps that are not run: they call no cloud. */
  readonly given: Given;
  /** Milliseconds between two looks at what is not ready yet. */
  readonly paceMs: number;
  /** How long a stack is waited for whose request got no answer. Without it, as long as in production. */
  readonly stackGraceMs?: number;
}

/** Takes a cluster up, gives it one node more, and takes it down, in a cloud in which the given things go wrong. */
export async function runScenario(props: Props, troubles: readonly Trouble[]): Promise<Outcome> {
  const { redisUrl, dataDir, spec, given, paceMs, stackGraceMs } = props;
  const cloud = await props.open();
  const redis = new Redis(redisUrl, { keyPrefix: `${randomUUID()}:` });
  const calls: FlowCall[] = [];
  const planned = new Map<Trouble, PlannedFault>();

  /** Does a part with a login of its own, as another process would, and with the troubles that are due in it. */
  const during = async <Result>(phase: Phase, work: (tools: Tools) => Promise<Result>): Promise<Result> => {
    const before = cloud.proxy.calls.length;
    for (const trouble of troubles.filter(({ call }) => call.phase === phase)) {
      planned.set(trouble, injectInto(cloud.proxy, trouble));
    }
    const result = await work({ ...toolsOf(redis, cloud.connect(), paceMs), dataDir, stackGraceMs });
    await cloud.proxy.settled();
    calls.push(...distinct(phase, cloud.proxy.calls.slice(before)));
    return result;
  };
  const act = async (action: 'up' | 'scale' | 'down', wanted = spec): Promise<Ended> => {
    const before = action === 'scale' ? await new Clusters(redis).find(spec.name) : undefined;
    const ready = await during(`plan of ${action}`, (tools) => planDeployment(tools, wanted, action, paceMs, before));
    const deployment =
      ready.state === 'queued' ? await during(action, (tools) => runSteps(tools, ready, given, paceMs)) : ready;
    return { deployment, inventory: await takeInventory(cloud.direct) };
  };

  try {
    const up = await act('up');
    const scale = up.deployment.state === 'succeeded' ? await act('scale', withOneMore(spec)) : undefined;
    const down = await act('down');
    return { up, scale, down, calls, struck: troubles.map((trouble) => planned.get(trouble)?.struck ?? false) };
  } finally {
    await cloud.close();
    redis.disconnect();
  }
}

function withOneMore(spec: ClusterSpec): ClusterSpec {
  return { ...spec, nodes: { ...spec.nodes, count: spec.nodes.count + 1 } };
}

/** What the jobs of one worker process share; nothing of it outlives a phase but what Redis holds. */
export function toolsOf(redis: Redis, openstack: OpenStack, paceMs: number): Omit<Tools, 'dataDir'> {
  const watch = new StackWatch(openstack.heat, { tags: [stackTag], freshMs: paceMs / 2, quietMs: paceMs });
  return {
    deployments: new Deployments(redis, async () => undefined),
    clusters: new Clusters(redis),
    mutex: new Mutex(redis),
    producer: noQueue,
    openstack: () => openstack,
    stackWatch: () => watch,
    clouds: ['playground'],
    choices: [{ cloud: 'playground' }],
    protectedClusters: new Set(),
    keepReleasesMs: 24 * 3_600_000,
    reservedCidrs: [],
    environment: {},
    secrets: [],
    template: resolve('templates/heat/cluster.yaml'),
    states: resolve('templates/salt'),
    buildLogs: new BuildLogs(redis),
    builders: new Builders(redis),
    buildNeeds: stagingKubernetes.needs,
    log: silentLogger(),
  };
}

/** The next part is begun by the scenario itself; a build worker has nothing to say against the release. */
const noQueue = { start: async () => undefined, ...buildWorkerThatSays({ findings: [] }) } as unknown as Producer;

function injectInto(proxy: FaultProxy, { kind, call }: Trouble): PlannedFault {
  const match: CallMatch = {
    method: call.method,
    service: call.service,
    path: { test: (path: string) => shapeOf(path) === call.shape },
  };
  return proxy.inject(kind, match);
}

function distinct(phase: Phase, calls: FaultProxy['calls']): FlowCall[] {
  const found = calls.map(({ method, service, path, hasBody }) => ({
    phase,
    method,
    service,
    shape: shapeOf(path),
    hasBody,
  }));
  return [...new Map(found.map((call) => [`${call.method} ${call.service} ${call.shape}`, call])).values()];
}

/** A path without ids, those of deployments included, and digests. */
function shapeOf(path: string): string {
  return path
    .split('/')
    .map((part) => (/^[0-9a-f-]{16,}$/.test(part) ? '*' : part.replace(/^([a-z][a-z0-9-]*)-[0-9a-z]{14,15}$/, '$1-*')))
    .join('/');
}
