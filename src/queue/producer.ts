import { type JobsOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { failFast } from '../fail-fast.ts';
import type { Logger } from '../log.ts';
import { awaitInspection, inspectionOptions } from './inspect.ts';
import {
  type InspectionData,
  type InspectionName,
  type InspectionResults,
  type JobData,
  type JobName,
  type QueueName,
  queueNames,
  queueOf,
  queuePrefix,
  type SendKubeconfigJob,
  type SentKubeconfig,
  type SharedLog,
  type SharedTopology,
  type ShareLogJob,
  type ShareTopologyJob,
} from './jobs.ts';

/** Finished jobs are worth little: the deployment's events tell what happened. Failed ones are kept for the operator. */
const keep = { removeOnComplete: true, removeOnFail: { age: 7 * 24 * 3600, count: 1000 } } as const;

/** How a job is tried again when it could not even say why it stopped. Steps count their own failures besides. */
const retries = { attempts: 5, backoff: { type: 'exponential', delay: 2_000 } } as const;

/** Options that every job has. */
export const jobDefaults: JobsOptions = { ...keep, ...retries };

/** Two requests for the same thing within this time are one, in milliseconds: a double click, or two people at once. */
const sameClickMs = 10_000;

/** Puts jobs into queues. One of them serves a whole process. */
export class Producer {
  readonly #redis: Redis;
  readonly #queues: ReadonlyMap<QueueName, Queue>;

  constructor(redisUrl: string, log: Logger) {
    this.#redis = new Redis(redisUrl, failFast);
    this.#redis.on('error', (error) => log.warn({ err: error.message }, 'redis connection of the queues'));
    this.#queues = new Map(
      queueNames.map((name) => [name, new Queue(name, { connection: this.#redis, prefix: queuePrefix })]),
    );
    for (const queue of this.#queues.values()) queue.on('error', (error) => log.warn({ err: error.message }, 'queue'));
  }

  /**
   * Has a plan made for a requested deployment. Asking twice for the same revision makes one. A failed job is not kept:
   * its id would keep the sweep from asking again.
   */
  async plan(deployment: string, revision = 0): Promise<void> {
    const jobId = revision === 0 ? `${deployment}-plan` : `${deployment}-plan-${revision}`;
    await this.#add('plan', { deployment, revision }, { jobId, removeOnFail: true });
  }

  /** Has an approved deployment's flow enqueued. Asking twice for the same round enqueues one. */
  async start(deployment: string, round: number): Promise<void> {
    await this.#add('start', { deployment }, { jobId: `${deployment}-r${round}-start`, removeOnFail: true });
  }

  /**
   * Has a deployment's thread and card brought up to date. Calls while such a job waits or is put off fold into it; one
   * while it runs makes it run once more.
   */
  async notify(deployment: string): Promise<void> {
    await this.#add('notify', { deployment }, { deduplication: { id: deployment, keepLastIfActive: true } });
  }

  /** Has the audit channel told of the newest decisions. Calls fold into one another as those of `notify` do. */
  async postAudit(): Promise<void> {
    await this.#add('post-audit', {}, { deduplication: { id: 'audit', keepLastIfActive: true } });
  }

  /**
   * Has a worker look at something, and waits for what it saw. Throws a DeployError when no worker answers in time. Who
   * asked and where to answer stays with the caller: Redis holds the question alone.
   */
  async inspect<Name extends InspectionName>(
    name: Name,
    data: InspectionData[Name],
    deadlineMs: number,
  ): Promise<InspectionResults[Name]> {
    const queue = this.queue(queueOf[name]);
    return awaitInspection(queue, await queue.add(name, data, inspectionOptions), deadlineMs);
  }

  /**
   * Has the end of a build's log posted to the deployment's thread, and waits until it is there. Asking twice within
   * seconds posts it once, and both are told of that one. Throws a DeployError when no worker answers in time.
   */
  async shareLog(data: ShareLogJob, deadlineMs: number): Promise<SharedLog> {
    const queue = this.queue(queueOf['share-log']);
    const deduplication = { id: `log-${data.deployment}`, ttl: sameClickMs };
    const job = await queue.add('share-log', data, { ...inspectionOptions, deduplication });
    return awaitInspection(queue, job, deadlineMs);
  }

  /**
   * Has a person sent a credential of their own, and waits until they have it. A double click sends one. Throws a
   * DeployError when no worker answers in time.
   */
  async sendKubeconfig(data: SendKubeconfigJob, deadlineMs: number): Promise<SentKubeconfig> {
    const queue = this.queue(queueOf['send-kubeconfig']);
    const deduplication = { id: `kubeconfig-${data.cluster}-${data.requestedBy}`, ttl: sameClickMs };
    const job = await queue.add('send-kubeconfig', data, { ...inspectionOptions, deduplication });
    return awaitInspection(queue, job, deadlineMs);
  }

  /**
   * Has a picture of what a cluster is made of posted to its thread, and waits until it is there. Asking twice within
   * seconds posts it once, and both are told of that one. Throws a DeployError when no worker answers in time.
   */
  async shareTopology(data: ShareTopologyJob, deadlineMs: number): Promise<SharedTopology> {
    const queue = this.queue(queueOf['share-topology']);
    const deduplication = { id: `topology-${data.deployment}`, ttl: sameClickMs };
    const job = await queue.add('share-topology', data, { ...inspectionOptions, deduplication });
    return awaitInspection(queue, job, deadlineMs);
  }

  /** Has upkeep run at an interval, however many workers ask for it. */
  async schedule(job: 'sweep' | 'reconcile' | 'prune-releases', everyMs: number): Promise<void> {
    await this.queue(queueOf[job]).upsertJobScheduler(
      job,
      { every: everyMs },
      { name: job, opts: { ...keep, attempts: 1 } },
    );
  }

  /** The queue of that name. */
  queue(name: QueueName): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new TypeError(`no queue ${name}`);
    return queue;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    this.#redis.disconnect();
  }

  async #add<Name extends JobName>(name: Name, data: JobData[Name], options: JobsOptions): Promise<void> {
    await this.queue(queueOf[name]).add(name, data, { ...jobDefaults, ...options });
  }
}
