import { Readable } from 'node:stream';
import type { Run, Tools } from '../../jobs/run.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment, DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { clusterContainer, clusterObjects } from '../../src/clusters/names.ts';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.ts';
import { type Logger, silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect } from '../../src/openstack/openstack.ts';
import { createContainer } from '../../src/openstack/swift/containers.ts';
import { deleteObject, putObject } from '../../src/openstack/swift/objects.ts';
import { startCloud } from '../../src/playground/cloud/cloud.ts';
import { bootedNode, type RunningApi, startSomeApi } from '../playground/nodes/support.ts';
import { approvedStaging, deploymentAfter, stagingSpec } from '../support/fixtures.ts';
import type { RecordingStep } from './stack-stage.ts';

/** The names of both servers of staging. */
export const controlPlaneName = 'staging-control-plane';
export const workerName = 'staging-node-abcde';

/** The deployment whose servers have booted, and whose API is there. */
export function stackedStaging(apiUrl: string, changes: Partial<ClusterSpec> = {}): Deployment {
  const [requested, ...others] = approvedStaging;
  const spec = { ...stagingSpec, ...changes };
  const result = { id: '5d0f', name: 'slipway-staging', apiAddress: '127.0.0.1', apiUrl, nodes: [workerName] };
  return deploymentAfter(
    { ...requested, spec } as DeploymentEventBody,
    ...others,
    { type: 'step-started', step: 'stack', attempt: 1 },
    { type: 'step-finished', step: 'stack', attempt: 1, result },
    { type: 'step-started', step: 'verify', attempt: 1 },
  );
}

/** Swift of the playground's cloud with staging's container, and a Kubernetes API for its servers. */
export async function openClusterStage(log: Logger = silentLogger()) {
  const cloud = await startCloud({ log, delays: 'none' });
  const openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
  const apis: RunningApi[] = [];
  const container = clusterContainer('staging');
  await createContainer(openstack.swift, container);

  async function put(object: string, text: string): Promise<void> {
    const content = () => Readable.from([Buffer.from(text)]);
    await putObject(openstack.swift, { container, object, content, size: Buffer.byteLength(text) });
  }

  return {
    openstack,
    /** Starts a cluster's API; `settings` as the first boot has them. Its first control plane has joined. */
    async startApi(settings: Parameters<typeof startSomeApi>[0] = {}): Promise<RunningApi> {
      const api = await startSomeApi(settings);
      apis.push(api);
      return api;
    },
    /** Lets the other server join. */
    join(api: RunningApi): void {
      api.nodes.push(bootedNode({ name: workerName, role: 'node', address: '10.0.0.6' }));
    },
    /** Does what the first control plane does once its API is there. Answers the text. */
    async putAdminConf(deployment: string, api: RunningApi): Promise<string> {
      const admin = api.kubeconfig('kubernetes-admin', ['kubeadm:cluster-admins']);
      const text = kubeconfigText({ ...admin, server: 'https://10.0.0.5:6443' }).reveal();
      await put(clusterObjects(deployment).adminConf, text);
      return text;
    },
    removeAdminConf: (deployment: string) =>
      deleteObject(openstack.swift, container, clusterObjects(deployment).adminConf),
    /** Does what the control plane does every two minutes. */
    putReport: (deployment: string, report: object) => put(clusterObjects(deployment).report, JSON.stringify(report)),
    run(deployment: Deployment, step: RecordingStep): Run {
      const tools = { openstack: () => openstack, log } as unknown as Tools;
      return { deployment, step, tools, openstack, signal: new AbortController().signal, log };
    },
    async close() {
      await Promise.all(apis.map((api) => api.close().catch(() => undefined)));
      await openstack.close();
      await cloud.close();
    },
  };
}

/** What openClusterStage opens. */
export type ClusterStage = Awaited<ReturnType<typeof openClusterStage>>;

/** What a control plane reports of staging when all is well. */
export function wellReport(at: Date): object {
  const version = 'v1.34.2';
  return {
    at: at.toISOString(),
    nodes: [
      { name: controlPlaneName, role: 'control-plane', ready: true, version, address: '10.0.0.5' },
      { name: workerName, role: 'node', ready: true, version, address: '10.0.0.6' },
    ],
    pods: [{ name: 'coredns-1', ready: '1/1', status: 'Running', restarts: 0, node: workerName }],
  };
}
