import { hostname } from 'node:os';
import { type ConnectionOptions, FlowProducer, type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { StepName } from '../src/clusters/steps.ts';
import { isStepName } from '../src/clusters/steps.ts';
import type {
  DeploymentJob,
  InspectionData,
  PlanJob,
  QueueName,
  SendKubeconfigJob,
  ShareLogJob,
  ShareTopologyJob,
  StepJob,
} from '../src/queue/jobs.ts';
import { queuePrefix } from '../src/queue/jobs.ts';
import { build } from './build.ts';
import { startBuildWorker } from './build-worker.ts';
import { cleanUp } from './clean-up.ts';
import { credential } from './credential.ts';
import { deleteStack } from './delete-stack.ts';
import { drain } from './drain.ts';
import { watchEndings } from './endings.ts';
import { image } from './image.ts';
import { inspectCloud, inspectCluster } from './inspect.ts';
import { inspectPods } from './inspect-pods.ts';
import { inspectReleases } from './inspect-releases.ts';
import { inspectRemoval } from './inspect-removal.ts';
import { inspectSource } from './inspect-source.ts';
import { keypair } from './keypair.ts';
import { notify } from './notify.ts';
import { plan } from './plan.ts';
import { type PostAuditTools, postAudit } from './post-audit.ts';
import { pruneReleases } from './prune-releases.ts';
import { publish } from './publish.ts';
import { purge } from './purge.ts';
import { reconcile } from './reconcile.ts';
import { resize } from './resize.ts';
import type { Step, Tools } from './run.ts';
import { type SendKubeconfigTools, sendKubeconfig } from './send-kubeconfig.ts';
import { type ShareLogTools, shareLog } from './share-log.ts';
import { shareTopology } from './share-topology.ts';
import { stack } from './stack.ts';
import { start } from './start.ts';
import { processStep } from './step-processor.ts';
import { sweep } from './sweep.ts';
import { upgrade } from './upgrade.ts';
import { verify } from './verify.ts';

/** Which function makes each step so. */
export const steps: { readonly [Name in StepName]: Step<Name> } = {
  build,
  publish,
  image,
  keypair,
  credential,
  stack,
  verify,
  purge,
  'delete-stack': deleteStack,
  'clean-up': cleanUp,
  drain,
  resize,
  upgrade,
};

/**
 * How many jobs of a queue one process runs at once. Builds go one at a time, because a lease guards each Docker engine;
 * the other places of the queue `build` are for what goes on beside one for hours: looks for what Swift has already,
 * deployments that share a result, official tarballs, and questions about sources.
 */
const concurrency: Readonly<Record<QueueName, number>> = { build: 4, cloud: 20, notify: 5, upkeep: 1 };

/**
 * A job whose worker died is taken up after its lock has run out and the next look for such jobs: within 25 seconds.
 * Steps never block the event loop (builds are child processes), so that a lock can be this short.
 */
const lockMs = 15_000;
const stalledCheckMs = 10_000;

/** A worker that is killed again and again during one step: then the sweep fails the deployment. */
const maxStalledCount = 5;

const sweepEveryMs = 5_000;
const reconcileEveryMs = 60_000;
const pruneEveryMs = 3_600_000;
const rescheduleEveryMs = 30_000;

export interface WorkerOptions {
  readonly redisUrl: string;
  readonly queues: readonly QueueName[];
  readonly tools: Tools;
  /** Needed for the queue `notify`. */
  readonly notify?: ShareLogTools & PostAuditTools & Pick<SendKubeconfigTools, 'people' | 'policy'>;
}

/** The running workers of one process. */
export interface RunningWorker {
  /** Hands running steps to other workers and stops. */
  close(): Promise<void>;
}

/** Starts serving queues. Throws when Redis cannot be reached. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { redisUrl, queues, tools } = options;
  const connection: ConnectionOptions = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const shutdown = new AbortController();
  const endings = await watchEndings(redisUrl, tools);
  const flows = new FlowProducer({ connection, prefix: queuePrefix });

  const process = async (job: Job, token = '', signal = new AbortController().signal): Promise<unknown> =>
    endings.during(job, (over) =>
      dispatch(job, token, { shutdown: shutdown.signal, job: signal, over }, flows, options),
    );
  const workers = queues.map((queue) => {
    const worker = new Worker(queue, process, {
      connection,
      prefix: queuePrefix,
      concurrency: concurrency[queue],
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      maxStalledCount,
      name: hostname(),
    });
    worker.on('error', (error) => tools.log.warn({ err: error, queue }, 'worker'));
    // Without its lock a job is not this worker's any more: another one takes it up.
    worker.on('lockRenewalFailed', (jobs) => {
      for (const id of jobs) worker.cancelJob(id, 'its lock was lost');
    });
    worker.on('failed', (job, error) => tools.log.warn({ job: job?.id, queue, reason: error.message }, 'job failed'));
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  const upkeep = queues.includes('upkeep') ? await keepScheduled(tools) : undefined;
  const builder = queues.includes('build') ? startBuildWorker(tools) : undefined;

  return {
    async close() {
      clearInterval(upkeep);
      shutdown.abort(new Error('the worker is shutting down'));
      await Promise.all([...workers.map((worker) => worker.close()), builder?.close()]);
      await flows.close();
      endings.close();
      (connection as Redis).disconnect();
    },
  };
}

/** Schedules the upkeep, and again every now and then: a Redis that was emptied has forgotten it, too. */
async function keepScheduled({ producer, log }: Tools): Promise<NodeJS.Timeout> {
  const schedule = async () => {
    await producer.schedule('sweep', sweepEveryMs);
    await producer.schedule('reconcile', reconcileEveryMs);
    await producer.schedule('prune-releases', pruneEveryMs);
  };
  await schedule();
  return setInterval(
    () => schedule().catch((error: unknown) => log.warn({ err: error }, 'scheduling the upkeep')),
    rescheduleEveryMs,
  );
}

interface Signals {
  readonly shutdown: AbortSignal;
  readonly job: AbortSignal;
  readonly over: AbortSignal;
}

/** Does what the job asks for. Only questions have a result. */
async function dispatch(
  job: Job,
  token: string,
  signals: Signals,
  flows: FlowProducer,
  options: WorkerOptions,
): Promise<unknown> {
  const { tools } = options;
  if (isStepName(job.name)) return runStep(job.name, job, token, signals, tools);
  const signal = AbortSignal.any([signals.shutdown, signals.job]);
  switch (job.name) {
    case 'plan':
      return plan(job as Job<PlanJob>, tools, signal);
    case 'inspect-cluster':
      return inspectCluster(job.data as InspectionData['inspect-cluster'], tools, signal);
    case 'inspect-cloud':
      return inspectCloud(job.data as InspectionData['inspect-cloud'], tools, signal);
    case 'inspect-source':
      return inspectSource(job.data as InspectionData['inspect-source'], tools, signal);
    case 'inspect-releases':
      return inspectReleases(job.data as InspectionData['inspect-releases'], tools, signal);
    case 'inspect-pods':
      return inspectPods(job.data as InspectionData['inspect-pods'], tools, signal);
    case 'inspect-removal':
      return inspectRemoval(job.data as InspectionData['inspect-removal'], tools, signal);
    case 'start':
      return start(job.data as DeploymentJob, flows, tools);
    case 'sweep':
      return sweep(tools, Date.now());
    case 'reconcile':
      return reconcile(tools, signal);
    case 'prune-releases':
      return pruneReleases(tools, signal, Date.now());
    default:
      if (options.notify) return dispatchToSlack(job, token, signal, { ...tools, ...options.notify });
      throw unknownJob(job);
  }
}

/** The jobs of the queue `notify`. */
async function dispatchToSlack(
  job: Job,
  token: string,
  signal: AbortSignal,
  tools: Tools & NonNullable<WorkerOptions['notify']>,
): Promise<unknown> {
  switch (job.name) {
    case 'notify':
      return notify(job as Job<DeploymentJob>, token, tools);
    case 'post-audit':
      return postAudit(job, token, tools);
    case 'share-log':
      return shareLog(job.data as ShareLogJob, tools);
    case 'share-topology':
      return shareTopology(job.data as ShareTopologyJob, tools, signal);
    case 'send-kubeconfig':
      return sendKubeconfig(job.data as SendKubeconfigJob, tools, signal);
    default:
      throw unknownJob(job);
  }
}

function unknownJob({ name }: Job): TypeError {
  return new TypeError(`this worker does not know the job ${name}`);
}

/** One generic call, so that each step's result keeps its own type. */
function runStep<Name extends StepName>(
  name: Name,
  job: Job,
  token: string,
  signals: Signals,
  tools: Tools,
): Promise<void> {
  return processStep(name, steps[name] as Step<Name>, job as Job<StepJob>, token, signals, tools);
}
