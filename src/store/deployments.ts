import type { Redis } from 'ioredis';
import { type Cluster, clusterAfter, withExpiryOf } from '../clusters/cluster.ts';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import { type Decision, retry } from '../clusters/decisions.ts';
import {
  type ApprovalTerms,
  type Deployment,
  type DeploymentEvent,
  type DeploymentEventBody,
  isTerminal,
  makerId,
} from '../clusters/deployment.ts';
import { deploymentId, isDeploymentOf } from '../clusters/names.ts';
import { reduce } from '../clusters/reducer.ts';
import type { Action } from '../clusters/steps.ts';
import { DeployError } from '../errors.ts';
import { appendScript } from './append-script.ts';
import { keptSeconds, keys, overChannel } from './keys.ts';

/** What somebody asks for. */
export interface DeploymentRequest {
  readonly action: Action;
  readonly spec: ClusterSpec;
  readonly requestedBy: string;
  readonly channel: string;
  readonly terms: ApprovalTerms;
  readonly because?: 'expired';
  readonly removeVolumes?: boolean;
  readonly maker?: string;
  /** The cluster that is to be changed, as it is known. */
  readonly before?: Cluster;
}

/** Who holds a cluster, since when and for what. */
export interface Lock {
  readonly deployment: string;
  readonly action: Action;
  readonly requestedBy: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly fence: number;
}

export type RequestOutcome =
  | { readonly kind: 'accepted'; readonly deployment: Deployment }
  | { readonly kind: 'busy'; readonly lock: Lock };

/** An event with its place in the deployment's stream. */
export interface StoredEvent {
  readonly id: string;
  readonly event: DeploymentEvent;
}

/** Called after events have been appended, so that the thread is told. Must be cheap and may be lost: the sweep repeats it. */
export type Announce = (deployment: Deployment) => Promise<void>;

/** How often a decision is taken anew because another process was quicker. */
const maxConflicts = 20;

interface Snapshot {
  readonly version: number;
  readonly deployment: Deployment | undefined;
}

/** The deployments in Redis: a stream of events each, the record that the reducer makes of it, and the cluster's lock. */
export class Deployments {
  readonly #redis: Redis;
  readonly #announce: Announce;
  readonly #now: () => number;

  constructor(redis: Redis, announce: Announce, now: () => number = Date.now) {
    this.#redis = redis;
    this.#announce = announce;
    this.#now = now;
  }

  /** Begins a deployment and takes its cluster's lock, or says who holds it. */
  async request(request: DeploymentRequest): Promise<RequestOutcome> {
    const now = this.#now();
    const cluster = request.spec.name;
    const fence = await this.#redis.incr(keys.fence);
    const id = deploymentId(cluster, now, Math.random());
    const body: DeploymentEventBody = { type: 'requested', id, cluster, fence, ...request };
    const lock: Lock = { deployment: id, action: request.action, requestedBy: request.requestedBy, since: now, fence };

    const outcome = await this.#append({ version: 0, deployment: undefined }, [body], lock);
    // Nobody else has this id: the answer to the first sending was lost, and the client sent it again.
    return outcome.kind === 'conflict' ? { kind: 'accepted', deployment: await this.get(id) } : outcome;
  }

  /** The deployment of that id; undefined when there is none. */
  async find(id: string): Promise<Deployment | undefined> {
    return (await this.#snapshot(id)).deployment;
  }

  /** The deployment of that id. Throws when there is none. */
  async get(id: string): Promise<Deployment> {
    const deployment = await this.find(id);
    if (deployment === undefined) throw unknownDeployment(id);
    return deployment;
  }

  /**
   * Takes a decision about a deployment and appends its events, atomically: when another process was quicker, the
   * decision is taken anew on what that one left. Answers the deployment after it, and whether anything was appended.
   * Throws EventRefusedError where the reducer refuses an event.
   */
  async change(id: string, decide: Decision): Promise<{ deployment: Deployment; changed: boolean }> {
    for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
      const snapshot = await this.#snapshot(id);
      if (snapshot.deployment === undefined) throw unknownDeployment(id);
      const bodies = decide(snapshot.deployment);
      if (bodies.length === 0) return { deployment: snapshot.deployment, changed: false };
      const outcome = await this.#append(snapshot, bodies);
      if (outcome.kind === 'accepted') return { deployment: outcome.deployment, changed: true };
    }
    throw contention(id);
  }

  /**
   * Takes a failed deployment up again, and its cluster's lock with it, or says who holds that; undefined for one that
   * cannot be, which is then left as it is. It is for the caller to know that nothing else has happened to the cluster.
   */
  async retry(id: string, by: string): Promise<RequestOutcome | undefined> {
    for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
      const snapshot = await this.#snapshot(id);
      if (snapshot.deployment === undefined) throw unknownDeployment(id);
      const fence = await this.#redis.incr(keys.fence);
      const bodies = retry(by, fence)(snapshot.deployment);
      if (bodies.length === 0) return undefined;
      const { action } = snapshot.deployment;
      const lock = { deployment: id, action, requestedBy: by, since: this.#now(), fence };
      const outcome = await this.#append(snapshot, bodies, lock);
      if (outcome.kind !== 'conflict') return outcome;
    }
    throw contention(id);
  }

  /** Events after a place in the stream, oldest first; all of them without one. */
  async events(id: string, after?: string): Promise<StoredEvent[]> {
    const entries = await this.#redis.xrange(keys.events(id), after ? `(${after}` : '-', '+');
    return entries.map(([place, fields]) => ({ id: place, event: JSON.parse(fields[1] ?? '') as DeploymentEvent }));
  }

  /** Every deployment that is not over, oldest first. */
  async active(): Promise<Deployment[]> {
    return this.#load(await this.#redis.zrange(keys.active, '0', '-1'));
  }

  /** The newest deployments of all clusters, newest first. */
  async recent(count: number): Promise<Deployment[]> {
    return this.#load(await this.#redis.zrevrange(keys.deployments, '0', String(count - 1)));
  }

  /** The deployment `maker`, which made a cluster, and those that changed it since, oldest first, as far as they are kept. */
  async madeOrChanged(cluster: string, maker: string): Promise<Deployment[]> {
    const ids = await this.#redis.zrange(keys.deployments, '0', '-1');
    const ofCluster = await this.#load(ids.filter((id) => isDeploymentOf(id, cluster)));
    return ofCluster.filter((deployment) => makerId(deployment) === maker);
  }

  /** Who holds a cluster; undefined when nobody does. */
  async lock(cluster: string): Promise<Lock | undefined> {
    const value = await this.#redis.get(keys.lock(cluster));
    return value === null ? undefined : (JSON.parse(value) as Lock);
  }

  /** Deployments whose thread may not know of their newest events. */
  async unannounced(): Promise<string[]> {
    return this.#redis.smembers(keys.unannounced);
  }

  async #load(ids: readonly string[]): Promise<Deployment[]> {
    const found = await Promise.all(ids.map((id) => this.find(id)));
    return found.filter((deployment) => deployment !== undefined);
  }

  async #snapshot(id: string): Promise<Snapshot> {
    const [version, record] = await this.#redis.hmget(keys.deployment(id), 'version', 'record');
    return {
      version: Number(version ?? 0),
      deployment: typeof record === 'string' ? (JSON.parse(record) as Deployment) : undefined,
    };
  }

  async #append(
    snapshot: Snapshot,
    bodies: readonly DeploymentEventBody[],
    lock?: Lock,
  ): Promise<RequestOutcome | { kind: 'conflict' }> {
    const at = this.#now();
    const events = bodies.map((body) => ({ ...body, at }) as DeploymentEvent);
    const deployment = events.reduce<Deployment | undefined>(
      (state, event) => reduce(state, event),
      snapshot.deployment,
    );
    if (deployment === undefined) throw new TypeError('an append needs at least one event');

    const over = snapshot.deployment !== undefined && isTerminal(snapshot.deployment.state);
    const ended = isTerminal(deployment.state);
    const known = ended ? await this.#redis.hget(keys.clusters, deployment.cluster) : null;
    const cluster = clusterOperation(deployment, over, known ?? '');
    const answer = (await this.#redis.eval(
      appendScript,
      7,
      keys.deployment(deployment.id),
      keys.events(deployment.id),
      keys.lock(deployment.cluster),
      keys.deployments,
      keys.active,
      keys.clusters,
      keys.unannounced,
      snapshot.version,
      JSON.stringify(deployment),
      deployment.id,
      deployment.requestedAt,
      lockOperation(deployment, over, lock),
      lock ? JSON.stringify(lock) : '',
      deployment.cluster,
      cluster.operation,
      cluster.record,
      overChannel,
      keptSeconds,
      known ?? '',
      ...events.map((event) => JSON.stringify(event)),
    )) as [string, string?];

    if (answer[0] === 'busy') return { kind: 'busy', lock: JSON.parse(answer[1] ?? '') as Lock };
    if (answer[0] === 'conflict') return { kind: 'conflict' };
    await this.#announce(deployment);
    return { kind: 'accepted', deployment };
  }
}

/** @param over whether the deployment was over before, and its lock is free or somebody else's */
function lockOperation({ state }: Deployment, over: boolean, lock: Lock | undefined): 'take' | 'release' | '' {
  if (lock !== undefined) return 'take';
  return isTerminal(state) && !over ? 'release' : '';
}

interface ClusterOperation {
  readonly operation: 'set' | 'swap' | 'delete' | '';
  readonly record: string;
}

const untouched: ClusterOperation = { operation: '', record: '' };

/**
 * @param over whether the deployment was over before, so that its cluster may be gone or another's by now
 * @param record what is known of the cluster; empty where nothing is
 */
function clusterOperation(deployment: Deployment, over: boolean, record: string): ClusterOperation {
  if (!isTerminal(deployment.state)) return untouched;
  const known = record === '' ? undefined : (JSON.parse(record) as Cluster);
  if (over) {
    if (known?.deployment !== deployment.id) return untouched;
    return { operation: 'swap', record: JSON.stringify(withExpiryOf(known, deployment)) };
  }
  const after = clusterAfter(deployment, known);
  if (after === undefined) return untouched;
  if (after === 'gone') return { operation: 'delete', record: '' };
  return { operation: deployment.before === undefined ? 'set' : 'swap', record: JSON.stringify(after) };
}

function contention(id: string): DeployError {
  return new DeployError('contention', `Deployment ${id} is being changed by too many processes at once`, {
    retryable: true,
  });
}

function unknownDeployment(id: string): DeployError {
  return new DeployError('unknown_deployment', `There is no deployment ${id}`, {
    hint: 'It may be older than what Redis keeps; /k8s list shows the clusters that exist',
  });
}
