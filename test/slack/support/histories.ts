import type { Cluster } from '../../../src/clusters/cluster.ts';
import type { Deployment, DeploymentEvent, DeploymentEventBody } from '../../../src/clusters/deployment.ts';
import type { ClusterHealth } from '../../../src/clusters/health.ts';
import { reduce } from '../../../src/clusters/reducer.ts';
import type { ReleaseObject } from '../../../src/clusters/release.ts';
import type { BuildResult } from '../../../src/clusters/steps.ts';
import { oneApproval, requestedStaging, stagingSpec } from '../../support/fixtures.ts';

/** Noon of a day in the middle of summer, in milliseconds since the epoch. */
export const noon = Date.UTC(2026, 6, 15, 12);

/** An event, and how many seconds after noon it happened. */
export type Happening = readonly [seconds: number, body: DeploymentEventBody];

/** The deployment that a history makes. */
export function deploymentOf(history: readonly Happening[]): Deployment {
  const events = history.map(([seconds, body]) => eventAt(seconds, body));
  const deployment = events.reduce<Deployment | undefined>((state, event) => reduce(state, event), undefined);
  if (deployment === undefined) throw new Error('an empty history');
  return deployment;
}

export function eventAt(seconds: number, body: DeploymentEventBody): DeploymentEvent {
  return { ...body, at: noon + seconds * 1000 } as DeploymentEvent;
}

const requested: Happening = [0, requestedStaging];

const planned: Happening = [
  3,
  {
    type: 'planned',
    plan: {
      lines: [
        { label: 'Kubernetes', text: 'v1.34.2, built from source (make quick-release)' },
        { label: 'Control plane', text: '1 × m1.medium (2 cores, 4 GiB)' },
        { label: 'Nodes', text: '1 × m1.small (1 cores, 2 GiB), up to 3' },
        { label: 'Network', text: '10.123.0.0/24 behind a router to gateway, 1 floating IP' },
        { label: 'Image', text: 'debian-12, to be uploaded' },
        { label: 'Keypair', text: 'ops, already there' },
      ],
      warnings: ['3 of 20 cores of the project are left after this'],
      commit: '0123456789abcdef0123456789abcdef01234567',
    },
  },
];

export const planning: readonly Happening[] = [requested];

export const waiting: readonly Happening[] = [
  requested,
  planned,
  [3, { type: 'approval-requested', until: noon + 3_603_000 }],
];

export const queued: readonly Happening[] = [
  ...waiting,
  [60, { type: 'approved', by: 'U0PLATFORM' }],
  [60, { type: 'queued', round: 1 }],
];

export const denied: readonly Happening[] = [...waiting, [60, { type: 'denied', by: 'U0PLATFORM' }]];

export const expired: readonly Happening[] = [...waiting, [3_660, { type: 'expired' }]];

export const building: readonly Happening[] = [
  ...queued,
  [61, { type: 'step-started', step: 'build', attempt: 1 }],
  [61, { type: 'step-started', step: 'image', attempt: 1 }],
  [61, { type: 'step-started', step: 'keypair', attempt: 1 }],
  [62, { type: 'step-finished', step: 'keypair', attempt: 1, result: { name: 'ops', imported: false } }],
  [61, { type: 'step-started', step: 'credential', attempt: 1 }],
  [
    63,
    {
      type: 'step-finished',
      step: 'credential',
      attempt: 1,
      result: { container: 'slipway-cluster-staging', kind: 'application-credential', id: 'abc' },
    },
  ],
  [
    90,
    {
      type: 'step-progress',
      step: 'image',
      attempt: 1,
      progress: { text: 'sending debian-12 to Glance', done: 1.2e9, total: 2.1e9 },
    },
  ],
  [
    95,
    {
      type: 'step-progress',
      step: 'build',
      attempt: 1,
      progress: { text: 'compiling: +++ [0715 12:01:35] Building go targets for linux/amd64 <all> & more' },
    },
  ],
];

const commit = '0123456789abcdef0123456789abcdef01234567';

const kubernetes: ReleaseObject = {
  kind: 'kubernetes',
  name: 'kubernetes-server-linux-amd64.tar.gz',
  object: 'artifacts/0123456789ab-linux-amd64-0123456789ab/kubernetes-server-linux-amd64.tar.gz',
  size: 345e6,
  sha256: 'ab'.repeat(32),
};

const states: ReleaseObject = {
  kind: 'states',
  name: 'kubernetes-salt.tar.gz',
  object: 'files/cdcdcdcdcdcdcdcd/kubernetes-salt.tar.gz',
  size: 20e3,
  sha256: 'cd'.repeat(32),
};

/** A build that was made for the deployment. */
export const built: BuildResult = {
  version: 'v1.34.2',
  commit,
  artifact: '0123456789ab-linux-amd64-0123456789ab',
  made: true,
  object: kubernetes,
  stages: [
    { stage: 'fetch', ms: 8_000 },
    { stage: 'images', ms: 400 },
    { stage: 'compile', ms: 118_000 },
    { stage: 'package', ms: 12_000 },
  ],
};

export const stacking: readonly Happening[] = [
  ...building,
  [
    130,
    { type: 'step-finished', step: 'image', attempt: 1, result: { id: '9f1c', name: 'debian-12', uploaded: true } },
  ],
  [200, { type: 'step-finished', step: 'build', attempt: 1, result: built }],
  [201, { type: 'step-started', step: 'publish', attempt: 1 }],
  [
    219,
    {
      type: 'step-finished',
      step: 'publish',
      attempt: 1,
      result: {
        container: 'slipway-releases',
        release: 'v1.34.2-0123456789ab',
        objects: [kubernetes, states],
        sent: 2,
      },
    },
  ],
  [220, { type: 'step-started', step: 'stack', attempt: 1 }],
  [
    260,
    { type: 'step-progress', step: 'stack', attempt: 1, progress: { text: '5 of 12 resources', done: 5, total: 12 } },
  ],
];

const controlPlane = 'staging-control-plane-0';
const worker = 'staging-node-abcde';
const onServer = { ready: '1/1', status: 'Running', restarts: 0, startedAt: noon + 200_000 } as const;

/** Both nodes of staging and what runs in kube-system, as it is when it has just come up. */
export const stagingHealth: ClusterHealth = {
  seenBy: 'api',
  at: noon + 312_000,
  nodes: [
    { name: controlPlane, role: 'control-plane', ready: true, version: 'v1.34.2', address: '10.123.0.5' },
    { name: worker, role: 'node', ready: true, version: 'v1.34.2', address: '10.123.0.6' },
  ],
  pods: [
    { name: 'coredns-6799fbcd5-4mxqz', ...onServer, node: controlPlane },
    { name: `etcd-${controlPlane}`, ...onServer, node: controlPlane },
    { name: `kube-apiserver-${controlPlane}`, ...onServer, node: controlPlane },
    { name: 'kube-flannel-ds-x2rjv', ...onServer, restarts: 1, node: worker },
    { name: 'kube-proxy-9m4tk', ...onServer, node: worker },
  ],
};

export const succeeded: readonly Happening[] = [
  ...stacking,
  [
    300,
    {
      type: 'step-finished',
      step: 'stack',
      attempt: 1,
      result: {
        id: '5d0f',
        name: 'slipway-staging',
        apiAddress: '203.0.113.10',
        apiUrl: 'https://203.0.113.10:6443',
        nodes: ['staging-node-abcde'],
      },
    },
  ],
  [301, { type: 'step-started', step: 'verify', attempt: 1 }],
  [
    312,
    {
      type: 'step-finished',
      step: 'verify',
      attempt: 1,
      result: { apiUrl: 'https://203.0.113.10:6443', health: stagingHealth },
    },
  ],
  [312, { type: 'succeeded' }],
];

/** The cluster was torn down by a later deployment. */
export const gone: readonly Happening[] = [...succeeded, [9_000, { type: 'gone' }]];

/** The same by a version that did not look at nodes and pods. */
export const succeededLongAgo: readonly Happening[] = succeeded.map(([seconds, body]): Happening => {
  const verified = body.type === 'step-finished' && body.step === 'verify';
  return [seconds, verified ? { ...body, result: { apiUrl: body.result.apiUrl } } : body];
});

export const quota = {
  message: 'Heat could not create slipway-staging: node_server (OS::Nova::Server): Forbidden: Quota exceeded for ram',
  hint: 'The stack is kept so that it can be looked at. Mend the cause, then try again, or tear it down',
  code: 'stack_failed',
} as const;

export const failedStack: readonly Happening[] = [
  ...stacking,
  [280, { type: 'step-failed', step: 'stack', attempt: 1, failure: quota }],
  [280, { type: 'failed', failure: quota, step: 'stack' }],
];

export const retriedStack: readonly Happening[] = [
  ...failedStack,
  [400, { type: 'retried', by: 'U0DEVELOPER', round: 2, fence: 2 }],
  [401, { type: 'step-started', step: 'stack', attempt: 2 }],
  [
    402,
    {
      type: 'step-progress',
      step: 'stack',
      attempt: 2,
      progress: { text: 'removing the slipway-staging that failed' },
    },
  ],
];

const compilerError = {
  message: 'Building Kubernetes v1.34.2: make quick-release stopped while it was compiling kubelet',
  hint: 'Mend the source, or choose another version, and ask for the cluster again',
  code: 'build_failed',
  lines: [
    '# k8s.io/kubernetes/pkg/kubelet',
    'pkg/kubelet/kubelet.go:214:9: undefined: klogg',
    'make: *** [all] Error 1',
  ],
} as const;

export const failedBuild: readonly Happening[] = [
  ...building,
  [140, { type: 'step-failed', step: 'build', attempt: 1, failure: compilerError }],
  [140, { type: 'failed', failure: compilerError, step: 'build' }],
];

export const cancelledWaiting: readonly Happening[] = [...waiting, [60, { type: 'cancelled', by: 'U0PLATFORM' }]];

export const cancelledBuild: readonly Happening[] = [...building, [140, { type: 'cancelled', by: 'U0PLATFORM' }]];

export const cancelledStack: readonly Happening[] = [...stacking, [280, { type: 'cancelled', by: 'U0DEVELOPER' }]];

const noFlavor = {
  message: 'The cloud has no flavor m1.medium',
  hint: 'Choose one of: large, small',
  code: 'usage',
} as const;

export const failedPlan: readonly Happening[] = [requested, [3, { type: 'failed', failure: noFlavor }]];

const requestedDown: Happening = [
  0,
  {
    ...requestedStaging,
    type: 'requested',
    id: 'staging-2',
    action: 'down',
    terms: { ...oneApproval, count: 0 },
    spec: stagingSpec,
  } as DeploymentEventBody,
];

export const tearingDown: readonly Happening[] = [
  requestedDown,
  [
    1,
    {
      type: 'planned',
      plan: {
        lines: [
          { label: 'Stack', text: 'slipway-staging with 12 resources, 2 of them servers' },
          { label: 'Stays', text: 'the image, the keypair and the release in Swift, which other clusters may use' },
        ],
        warnings: [],
      },
    },
  ],
  [1, { type: 'queued', round: 1 }],
  [2, { type: 'step-started', step: 'purge', attempt: 1 }],
  [
    3,
    {
      type: 'step-finished',
      step: 'purge',
      attempt: 1,
      result: { loadBalancers: 1, floatingIps: 1, securityGroups: 0, volumes: ['pvc-1', 'pvc-2'] },
    },
  ],
  [3, { type: 'step-started', step: 'delete-stack', attempt: 1 }],
  [5, { type: 'step-progress', step: 'delete-stack', attempt: 1, progress: { text: '7 resources left' } }],
];

export const cancelledDown: readonly Happening[] = [...tearingDown, [9, { type: 'cancelled', by: 'U0PLATFORM' }]];

export const down: readonly Happening[] = [
  ...tearingDown,
  [20, { type: 'step-finished', step: 'delete-stack', attempt: 1, result: { existed: true } }],
  [20, { type: 'step-started', step: 'clean-up', attempt: 1 }],
  [21, { type: 'step-finished', step: 'clean-up', attempt: 1, result: { credentials: 1, objects: 5 } }],
  [21, { type: 'succeeded' }],
];

const [[, requestedUp] = [0, requestedStaging]] = planning;

/** What was known of staging when it was to lose one of its two nodes. */
const before: Cluster = {
  name: 'staging',
  state: 'up',
  deployment: 'staging-1',
  channel: 'C0DEPLOYS',
  requestedBy: 'U0DEVELOPER',
  version: 'v1.34.2',
  stack: 'slipway-staging',
  apiUrl: 'https://203.0.113.10:6443',
  nodes: ['staging-node-0', 'staging-node-1'],
  since: noon - 3_600_000,
};

const requestedScale: Happening = [
  0,
  { ...requestedUp, id: 'staging-3', action: 'scale', before } as DeploymentEventBody,
];

export const waitingToScale: readonly Happening[] = [
  requestedScale,
  [
    2,
    {
      type: 'planned',
      plan: {
        lines: [
          { label: 'Nodes', text: '2 → 1 × m1.small' },
          { label: 'Goes', text: 'staging-node-1' },
          { label: 'Drained', text: '3 pods move elsewhere first' },
        ],
        warnings: ['Nothing makes these pods anew: shop/web'],
        leaving: ['staging-node-1'],
      },
    },
  ],
  [2, { type: 'approval-requested', until: noon + 3_602_000 }],
];

export const draining: readonly Happening[] = [
  ...waitingToScale,
  [60, { type: 'approved', by: 'U0PLATFORM' }],
  [60, { type: 'queued', round: 1 }],
  [61, { type: 'step-started', step: 'drain', attempt: 1 }],
  [
    62,
    { type: 'step-progress', step: 'drain', attempt: 1, progress: { text: 'draining staging-node-1: 2 pods left' } },
  ],
];

export const cancelledDraining: readonly Happening[] = [...draining, [70, { type: 'cancelled', by: 'U0PLATFORM' }]];

const resizing: readonly Happening[] = [
  ...draining,
  [68, { type: 'node-event', step: 'drain', attempt: 1, node: 'staging-node-1', what: 'drained' }],
  [68, { type: 'step-finished', step: 'drain', attempt: 1, result: { nodes: ['staging-node-1'], evicted: 3 } }],
  [69, { type: 'step-started', step: 'resize', attempt: 1 }],
];

export const cancelledScale: readonly Happening[] = [...resizing, [75, { type: 'cancelled', by: 'U0PLATFORM' }]];

const scaleFailure = {
  message: 'Heat could not bring slipway-staging to 1 node',
  hint: 'Try again',
  code: 'stack_failed',
};

export const failedScale: readonly Happening[] = [
  ...resizing,
  [75, { type: 'step-failed', step: 'resize', attempt: 1, failure: scaleFailure }],
  [75, { type: 'failed', step: 'resize', failure: scaleFailure }],
];

export const scaled: readonly Happening[] = [
  ...resizing,
  [
    90,
    {
      type: 'step-finished',
      step: 'resize',
      attempt: 1,
      result: { nodes: ['staging-node-0'], added: [], removed: ['staging-node-1'] },
    },
  ],
  [91, { type: 'step-started', step: 'verify', attempt: 1 }],
  [
    95,
    {
      type: 'step-finished',
      step: 'verify',
      attempt: 1,
      result: { apiUrl: 'https://203.0.113.10:6443', health: stagingHealth },
    },
  ],
  [95, { type: 'succeeded' }],
];

/** The cluster was torn down by a later deployment. */
export const scaledAndGone: readonly Happening[] = [...scaled, [9_000, { type: 'gone' }]];

const requestedUpgrade: Happening = [
  0,
  {
    ...requestedUp,
    id: 'staging-4',
    action: 'upgrade',
    before,
    spec: {
      ...stagingSpec,
      nodes: { ...stagingSpec.nodes, count: 2 },
      kubernetes: { ...stagingSpec.kubernetes, version: 'v1.35.1' },
    },
  } as DeploymentEventBody,
];

const upgradedBuild: BuildResult = { ...built, version: 'v1.35.1' };

export const upgrading: readonly Happening[] = [
  requestedUpgrade,
  [
    2,
    {
      type: 'planned',
      plan: {
        lines: [
          { label: 'Version', text: 'v1.34.2 → v1.35.1' },
          { label: 'Order', text: 'staging-control-plane-0 in place, then staging-node-0, then staging-node-1' },
        ],
        warnings: ['There is no way back to the version before'],
      },
    },
  ],
  [2, { type: 'queued', round: 1 }],
  [3, { type: 'step-started', step: 'build', attempt: 1 }],
  [4, { type: 'step-finished', step: 'build', attempt: 1, result: upgradedBuild }],
  [5, { type: 'step-started', step: 'publish', attempt: 1 }],
  [
    6,
    {
      type: 'step-finished',
      step: 'publish',
      attempt: 1,
      result: { container: 'slipway-releases', release: 'v1.35.1-0123456789ab', objects: [], sent: 0 },
    },
  ],
  [7, { type: 'step-started', step: 'upgrade', attempt: 1 }],
  [
    300,
    {
      ...{ type: 'node-event', step: 'upgrade', attempt: 1, node: 'staging-control-plane-0' },
      ...{ what: 'upgraded', version: 'v1.35.1' },
    } as DeploymentEventBody,
  ],
  [
    301,
    {
      type: 'step-progress',
      step: 'upgrade',
      attempt: 1,
      progress: { text: 'node 1 of 2: draining, 3 pods left', done: 1, total: 3 },
    },
  ],
];

export const cancelledUpgrade: readonly Happening[] = [...upgrading, [400, { type: 'cancelled', by: 'U0PLATFORM' }]];

const upgradeFailure = {
  message: 'staging-node-0 could not be upgraded: state kubeadm-upgrade: no',
  hint: 'Mend the cause on that server, then try again',
  code: 'upgrade_failed',
  lines: ['error: the kubelet does not start'],
};

export const failedUpgrade: readonly Happening[] = [
  ...upgrading,
  [400, { type: 'step-failed', step: 'upgrade', attempt: 1, failure: upgradeFailure }],
  [400, { type: 'failed', step: 'upgrade', failure: upgradeFailure }],
];

export const upgraded: readonly Happening[] = [
  ...upgrading,
  [
    900,
    {
      type: 'step-finished',
      step: 'upgrade',
      attempt: 1,
      result: { version: 'v1.35.1', servers: ['staging-control-plane-0', 'staging-node-0', 'staging-node-1'] },
    },
  ],
  [901, { type: 'step-started', step: 'verify', attempt: 1 }],
  [
    905,
    {
      type: 'step-finished',
      step: 'verify',
      attempt: 1,
      result: { apiUrl: 'https://203.0.113.10:6443', health: stagingHealth },
    },
  ],
  [905, { type: 'succeeded' }],
];

/** Every state that a card can show, by name. */
export const histories = {
  planning,
  waiting,
  queued,
  denied,
  expired,
  building,
  stacking,
  succeeded,
  gone,
  succeededLongAgo,
  failedStack,
  retriedStack,
  failedBuild,
  failedPlan,
  cancelledWaiting,
  cancelledBuild,
  cancelledStack,
  tearingDown,
  cancelledDown,
  down,
  waitingToScale,
  draining,
  cancelledDraining,
  cancelledScale,
  failedScale,
  scaled,
  scaledAndGone,
  upgrading,
  cancelledUpgrade,
  failedUpgrade,
  upgraded,
} as const;
