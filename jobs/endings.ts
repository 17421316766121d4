import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import { isTerminal } from '../src/clusters/deployment.ts';
import type { Logger } from '../src/log.ts';
import type { DeploymentJob } from '../src/queue/jobs.ts';
import type { Deployments } from '../src/store/deployments.ts';
import { overChannel } from '../src/store/keys.ts';

/** Tells the jobs of this process that their deployment is over. */
export interface Endings {
  /** Calls `work` with a signal that fires when the job's deployment ends. */
  during<Result>(job: Pick<Job, 'data'>, work: (over: AbortSignal) => Promise<Result>): Promise<Result>;
  close(): void;
}

interface EndingsTools {
  readonly deployments: Pick<Deployments, 'find'>;
  readonly log: Logger;
}

/**
 * Listens for deployments that end, so that whatever still runs for one here stops at once. Redis keeps no message for
 * who is not connected: after every interruption the deployments that jobs run for are looked at.
 */
export async function watchEndings(redisUrl: string, { deployments, log }: EndingsTools): Promise<Endings> {
  const running = new Map<AbortController, string>();
  const subscriber = new Redis(redisUrl, { maxRetriesPerRequest: null });
  subscriber.on('error', (error) => log.warn({ err: error.message }, 'redis connection for endings'));

  function end(ended: string): void {
    for (const [controller, id] of running) {
      if (id === ended) controller.abort(new Error('the deployment is over'));
    }
  }
  async function lookAtAll(): Promise<void> {
    for (const id of new Set(running.values())) {
      const found = id === '' ? undefined : await deployments.find(id);
      if (found !== undefined && isTerminal(found.state)) end(id);
    }
  }

  subscriber.on('message', (_channel, ended) => end(ended));
  await subscriber.subscribe(overChannel);
  // Subscribes once more: the client's own subscription after an interruption may be later than a look that does not wait.
  subscriber.on('ready', () => {
    subscriber
      .subscribe(overChannel)
      .then(lookAtAll)
      .catch((error: unknown) => log.warn({ err: error }, 'looking for deployments that ended'));
  });

  return {
    async during(job, work) {
      const controller = new AbortController();
      running.set(controller, (job.data as Partial<DeploymentJob>).deployment ?? '');
      try {
        return await work(controller.signal);
      } finally {
        running.delete(controller);
      }
    },
    close: () => subscriber.disconnect(),
  };
}
