import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type BootOutcome, fetchRelease } from './boot.ts';
import type { BootParameters, ControlPlaneParameters } from './boot-script.ts';
import { readJoinData } from './join-data.ts';
import { getObject, putObject } from './store.ts';

export interface FirstBootOptions {
  readonly hostname: string;
  readonly parameters: BootParameters;
  /** Makes the cluster, on its first control plane. */
  readonly initialize: (parameters: ControlPlaneParameters) => Promise<void>;
  readonly joinEveryMs: number;
  /** How long join data are waited for, which are there once the first control plane has booted. */
  readonly joinWithinMs: number;
}

const cloudConfig = z.object({ sections: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * Does over the network what a server does when it boots for the first time: fetches the release, and makes the cluster
 * or joins it. A failing one leaves its log in Swift before anybody is told.
 *
 * @throws the signal's reason when the server is gone.
 */
export async function firstBoot(options: FirstBootOptions, signal: AbortSignal): Promise<BootOutcome> {
  const { hostname, parameters } = options;
  const outcome = await boot(options, signal);
  if (outcome.status === 'FAILURE') {
    const url = parameters.store.log_put.replaceAll('@HOST@', encodeURIComponent(hostname));
    // What stopped the boot counts, and not that its log could not be sent.
    await putObject('sending the log', url, log(options, outcome), signal).catch(() => undefined);
    signal.throwIfAborted();
  }
  return outcome;
}

async function boot(options: FirstBootOptions, signal: AbortSignal): Promise<BootOutcome> {
  const { hostname, parameters } = options;
  const fetched = await fetchRelease(hostname, parameters, signal);
  if (fetched.status === 'FAILURE') return fetched;
  try {
    await installKubernetes(options, signal);
    return fetched;
  } catch (error) {
    signal.throwIfAborted();
    return { status: 'FAILURE', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function installKubernetes(options: FirstBootOptions, signal: AbortSignal): Promise<void> {
  const { parameters } = options;
  if (parameters.role === 'node') return join(options, parameters.store.join_node_get, signal);
  await readCloudConfig(parameters, signal);
  if (parameters.index === '0') await options.initialize(parameters);
  else await join(options, parameters.store.join_control_plane_get, signal);
}

/** What becomes cloud.conf. It is there before the first server boots. */
async function readCloudConfig({ store }: ControlPlaneParameters, signal: AbortSignal): Promise<void> {
  if (store.cloud_config_get === undefined) return;
  const what = 'state cloud-config: fetching cloud-config.json';
  const text = await getObject(what, store.cloud_config_get, signal);
  if (text === undefined) throw new Error(`${what}: it is not in the store`);
  if (!cloudConfig.safeParse(JSON.parse(text)).success) throw new Error(`${what}: it has no sections`);
}

async function join(options: FirstBootOptions, url: string, signal: AbortSignal): Promise<void> {
  const { parameters, joinEveryMs, joinWithinMs } = options;
  const what = 'state kubeadm-join';
  const until = performance.now() + joinWithinMs;
  for (;;) {
    const text = await getObject(`${what}: fetching the join data`, url, signal);
    if (text !== undefined) {
      readJoinData(text, parameters.role, new Date());
      return;
    }
    if (performance.now() > until) throw new Error(`${what}: no join data after ${joinWithinMs / 1000} s`);
    await sleep(joinEveryMs, undefined, { signal });
  }
}

function log({ hostname, parameters }: FirstBootOptions, { reason }: BootOutcome): string {
  const { cluster, role, release } = parameters;
  const lines = [`first boot of ${hostname}, ${role} of ${cluster}, with ${release}`, `stopping: ${reason}`];
  return lines.map((line) => `${new Date().toISOString()} slipway: ${line}\n`).join('');
}
