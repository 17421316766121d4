import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { withApi } from '../../jobs/cluster/ask-cluster.ts';
import { readAdminConf } from '../../jobs/cluster/read-admin-conf.ts';
import type { Tools } from '../../jobs/run.ts';
import type { Cluster } from '../../src/clusters/cluster.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment } from '../../src/clusters/deployment.ts';
import type { Action } from '../../src/clusters/steps.ts';
import type { KubernetesApi } from '../../src/kubernetes/api/kubernetes-api.ts';
import { silentLogger } from '../../src/log.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { planDeployment, runSteps } from '../faults/flow.ts';
import { makeProps } from '../faults/props.ts';
import { toolsOf } from '../faults/scenario.ts';
import { startFaultyCloud } from '../faults/world.ts';

const paceMs = 100;

/** A cluster that is up in a cloud of the playground, and the steps by which it is changed, without a queue. */
export async function openRunningCluster(changes: Partial<ClusterSpec> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-running-'));
  const made = await makeProps(directory);
  const cloud = await startFaultyCloud();
  const redis = new Redis(made.redisUrl);
  const tools: Tools = { ...toolsOf(redis, cloud.connect(), paceMs), dataDir: made.dataDir };
  const spec = { ...made.spec, ...changes };

  async function deploy(action: Action, wanted: ClusterSpec, before?: Cluster): Promise<Deployment> {
    const planned = await planDeployment(tools, wanted, action, paceMs, before);
    return planned.state === 'queued' ? runSteps(tools, planned, {}, paceMs) : planned;
  }
  const up = await deploy('up', spec);
  if (up.state !== 'succeeded') throw new Error(`staging did not come up: ${JSON.stringify(up.failure)}`);

  async function record(): Promise<Cluster> {
    const known = await tools.clusters.find('staging');
    if (known === undefined) throw new Error('nothing is known of staging');
    return known;
  }
  return {
    cloud,
    redis,
    tools,
    spec,
    up,
    paceMs,
    record,
    /** What `/k8s scale` asks for. */
    scaled: (count: number): ClusterSpec => ({ ...spec, nodes: { ...spec.nodes, count } }),
    /** What `/k8s upgrade` asks for. */
    upgraded: (version: string): ClusterSpec => ({ ...spec, kubernetes: { ...spec.kubernetes, version } }),
    plan: async (action: Action, wanted: ClusterSpec) => planDeployment(tools, wanted, action, paceMs, await record()),
    change: async (action: Action, wanted: ClusterSpec) => deploy(action, wanted, await record()),
    run: (deployment: Deployment) => runSteps(tools, deployment, {}, paceMs),
    /** Takes a failed one up again, as Retry does. */
    async retry(id: string): Promise<Deployment> {
      const outcome = await tools.deployments.retry(id, 'U0DEVELOPER');
      if (outcome?.kind !== 'accepted') throw new Error(`${id} could not be tried again`);
      return runSteps(tools, outcome.deployment, {}, paceMs);
    },
    /** As the cluster's administrator. */
    async atApi<Result>(work: (api: KubernetesApi) => Promise<Result>): Promise<Result> {
      const question = { cluster: 'staging', deployment: up.id };
      const adminConf = await readAdminConf(cloud.direct.swift, question, new AbortController().signal);
      if (adminConf === undefined) throw new Error('no admin.conf');
      return withApi(adminConf, up.steps.stack?.result?.apiUrl ?? '', silentLogger(), work);
    },
    /** Ids of the servers by their names. */
    async servers(): Promise<Record<string, string>> {
      const servers = await listServers(cloud.direct.nova);
      return Object.fromEntries(servers.map(({ name, id }) => [name, id]));
    },
    async close() {
      await cloud.close();
      redis.disconnect();
      made.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What openRunningCluster opens. */
export type RunningCluster = Awaited<ReturnType<typeof openRunningCluster>>;
