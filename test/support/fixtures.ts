import type { Cluster } from '../../src/clusters/cluster.ts';
import type { BuiltKubernetes, ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { approve, recordPlan } from '../../src/clusters/decisions.ts';
import type { Deployment, DeploymentEvent, DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { replay } from '../../src/clusters/reducer.ts';
import type { Deployments } from '../../src/store/deployments.ts';

/** Kubernetes as `staging` has it built, by a tree that needs no Docker. */
export const stagingKubernetes: BuiltKubernetes = {
  version: 'v1.34.2',
  source: 'build',
  platform: 'linux/amd64',
  repository: '/srv/kubernetes',
  target: 'quick-release',
  variables: {},
  needs: { docker: false, diskBytes: 100e6, memoryBytes: 100e6 },
  withinMs: 3_600_000,
  silenceMs: 600_000,
};

/** A small cluster, as clusters.yaml would give it. */
export const stagingSpec: ClusterSpec = {
  name: 'staging',
  cloud: 'playground',
  channel: 'C0DEPLOYS',
  kubernetes: stagingKubernetes,
  firstBoot: { files: [] },
  image: { name: 'debian-12', format: 'qcow2' },
  keypair: { name: 'ops' },
  controlPlane: { count: 1, flavor: 'm1.medium' },
  nodes: { count: 1, max: 3, flavor: 'm1.small', floatingIps: false },
  serverGroup: 'soft-anti-affinity',
  network: {
    external: 'gateway',
    cidr: '10.123.0.0/24',
    dns: ['10.0.0.10'],
    floatingIp: true,
    apiFrom: ['0.0.0.0/0'],
    rules: [],
    pods: '10.244.0.0/16',
    services: '10.96.0.0/12',
    plugin: { name: 'flannel' },
  },
  cloudProvider: { controller: true, volumes: true, storageClass: true },
  cloudConfig: {},
};

export const oneApproval = { count: 1, from: ['S0PLATFORM'], self: false, withinMs: 3_600_000 };

export const requestedStaging: DeploymentEventBody = {
  type: 'requested',
  id: 'staging-1',
  cluster: 'staging',
  action: 'up',
  spec: stagingSpec,
  requestedBy: 'U0DEVELOPER',
  channel: 'C0DEPLOYS',
  fence: 1,
  terms: oneApproval,
};

/** The deployment that a history makes, one second between two events. */
export function deploymentAfter(...bodies: readonly DeploymentEventBody[]): Deployment {
  const deployment = replay(bodies.map((body, index) => ({ ...body, at: index * 1_000 }) as DeploymentEvent));
  if (deployment === undefined) throw new Error('an empty history');
  return deployment;
}

/** From the request to the moment when the flow may begin. */
export const approvedStaging: readonly DeploymentEventBody[] = [
  requestedStaging,
  { type: 'planned', plan: { lines: [], warnings: [] } },
  { type: 'approval-requested', until: 3_600_000 },
  { type: 'approved', by: 'U0PLATFORM' },
  { type: 'queued', round: 1 },
];

/** What is known of staging, made by that deployment. */
export function clusterRecord(state: Cluster['state'], deployment: string): Cluster {
  return {
    name: 'staging',
    state,
    deployment,
    channel: 'C0DEPLOYS',
    requestedBy: 'U0DEVELOPER',
    version: 'v1.34.2',
    stack: 'slipway-staging',
    apiUrl: 'https://203.0.113.10:6443',
    nodes: ['staging-node-abcde'],
    since: Date.UTC(2026, 6, 15, 12),
  };
}

/** Asks for staging, in a store where nobody holds it. */
export async function requestStaging(deployments: Deployments, { spec = stagingSpec } = {}): Promise<Deployment> {
  const outcome = await deployments.request({
    action: 'up',
    spec,
    requestedBy: 'U0DEVELOPER',
    channel: 'C0DEPLOYS',
    terms: oneApproval,
  });
  if (outcome.kind !== 'accepted') throw new Error('staging is busy');
  return outcome.deployment;
}

/** The same, planned and approved: the flow may begin. */
export async function approveStaging(deployments: Deployments, { spec = stagingSpec } = {}): Promise<Deployment> {
  const { id } = await requestStaging(deployments, { spec });
  await deployments.change(id, recordPlan({ lines: [], warnings: [] }, Date.now()));
  return (await deployments.change(id, approve('U0PLATFORM'))).deployment;
}
