import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sweepBuilds } from '../src/kubernetes/clean-up.ts';
import { buildsFolder, checkBuilder } from './preflight/check-builder.ts';
import type { Tools } from './run.ts';

const reportEveryMs = 60_000;

/** Longer than all looks at a machine together. */
const lookMs = 30_000;

/** What a build worker does beside its jobs. */
export interface BuildWorker {
  close(): Promise<void>;
}

/**
 * Ends and removes what builds of a worker that died have left here, and says every minute how this machine is as a
 * build worker, for `/k8s doctor`. What does not work is logged: jobs have errors of their own to tell.
 */
export function startBuildWorker(tools: Tools): BuildWorker {
  const { environment, dataDir, builders, log } = tools;
  const ending = new AbortController();
  const { signal } = ending;
  const name = randomUUID();

  const report = async () => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
    const { host, findings } = await checkBuilder(tools.buildNeeds, tools, within);
    await builders.report({ name, host, seenAt: Date.now(), findings });
  };
  const logged = (what: string, work: Promise<void>) =>
    work.catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, what);
    });
  const keepReporting = async () => {
    while (!signal.aborted) {
      await logged('reporting a build worker', report());
      await sleep(reportEveryMs, undefined, { signal }).catch(() => undefined);
    }
  };

  const sweeping = sweepBuilds({ directory: buildsFolder(dataDir), environment, signal });
  const working = Promise.all([logged('sweeping up after builds', sweeping), keepReporting()]);
  return {
    async close() {
      ending.abort(new Error('the worker is shutting down'));
      await working;
      await builders.remove(name);
    },
  };
}
