import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run, StepHandle, Tools } from '../../jobs/run.ts';
import { StackWatches } from '../../jobs/stack-watches.ts';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { Deployment, DeploymentEventBody, StepProgress } from '../../src/clusters/deployment.ts';
import type { ReleaseObject } from '../../src/clusters/release.ts';
import { stackParameters } from '../../src/clusters/stack.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect } from '../../src/openstack/openstack.ts';
import { createContainer } from '../../src/openstack/swift/containers.ts';
import { startCloud } from '../../src/playground/cloud/cloud.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { approvedStaging, deploymentAfter, stagingSpec } from '../support/fixtures.ts';
import { someStackInputs } from '../support/stack-inputs.ts';
import { makeTinyImage } from '../support/tiny-image.ts';

const log = silentLogger();

const digest = { size: 1, sha256: '0'.repeat(64) };
const kubernetes: ReleaseObject = { kind: 'kubernetes', name: 'server.tar.gz', object: 'a/server.tar.gz', ...digest };
const states: ReleaseObject = {
  kind: 'states',
  name: 'kubernetes-salt.tar.gz',
  object: 'files/0/salt.tar.gz',
  ...digest,
};

/** What the steps before `stack` have left. */
const earlier: DeploymentEventBody[] = (
  [
    ['build', { version: 'v1.34.2', commit: 'abc', artifact: 'abc-linux-amd64', made: false, object: kubernetes }],
    ['publish', { container: 'releases', release: 'v1.34.2-0123456789ab', objects: [kubernetes, states], sent: 0 }],
    ['image', { id: 'image-1', name: 'debian-12', uploaded: false }],
    ['keypair', { name: 'ops', imported: false }],
    ['credential', { container: 'slipway-cluster-staging', kind: 'application-credential', id: 'credential-1' }],
  ] as const
).flatMap(([step, result]) => [
  { type: 'step-started', step, attempt: 1 } as DeploymentEventBody,
  { type: 'step-finished', step, attempt: 1, result } as DeploymentEventBody,
]);

/** A deployment that has come as far as its stack. */
export function readyForStack(spec: Partial<ClusterSpec> = {}): Deployment {
  const [requested, ...others] = approvedStaging;
  const first = { ...requested, spec: { ...stagingSpec, ...spec } } as DeploymentEventBody;
  return deploymentAfter(first, ...others, ...earlier);
}

/** A step that remembers what it reported, as the record of a deployment does. */
export class RecordingStep implements StepHandle {
  readonly attempt = 1;
  startedAt = Date.now();
  marker: string | undefined;
  readonly told: StepProgress[] = [];
  readonly events: DeploymentEventBody[] = [];

  report: StepHandle['report'] = async (progress, { marker, events = [] } = {}) => {
    this.told.push(progress);
    this.events.push(...events);
    this.marker = marker ?? this.marker;
  };
  tick(): void {}
  async checkpoint(): Promise<void> {}
  again({ afterSeconds }: { afterSeconds: number }) {
    return { again: true, afterSeconds } as const;
  }
}

/** A cloud of the playground with a proxy before it that counts, and what a step needs to work with it. */
export async function openStackStage() {
  const cloud = await startCloud({ log, delays: 'none' });
  const config = readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile });
  const direct = connect(config, { log });
  const proxy = await FaultProxy.start(config.authUrl);
  const openstack = connect({ ...config, authUrl: await proxy.authUrl() }, { log });
  await createContainer(direct.swift, 'releases');
  await createContainer(direct.swift, 'slipway-cluster-staging');
  await makeTinyImage(direct.glance, 'debian');
  const mutexes: string[] = [];

  function runOf(deployment: Deployment, step: StepHandle, template: string): Run {
    const watches = new StackWatches(() => openstack);
    const tools = {
      openstack: () => openstack,
      stackWatch: (choice: ClusterSpec) => watches.get(choice),
      mutex: {
        run: (name: string, signal: AbortSignal, work: (inside: AbortSignal) => unknown) => {
          mutexes.push(name);
          return work(signal);
        },
      },
      template,
      secrets: [],
      log,
    } as unknown as Tools;
    return { deployment, step, tools, openstack, signal: new AbortController().signal, log };
  }
  return {
    direct,
    /** The same cloud through the proxy. */
    proxied: openstack,
    proxy,
    mutexes,
    runOf,
    async close() {
      await Promise.all([direct.close(), openstack.close(), proxy.close()]);
      await cloud.close();
    },
  };
}

/** What openStackStage opens. */
export type StackStage = Awaited<ReturnType<typeof openStackStage>>;

/** The path of a template that takes the parameters of a cluster, and is made of what a test wants. */
export function clusterTemplate(resources: object, outputs: object = {}): string {
  const given = stackParameters(readyForStack(), someStackInputs);
  const parameters = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, parameterFor(value)]));
  const path = join(mkdtempSync(join(tmpdir(), 'slipway-template-')), `${randomBytes(4).toString('hex')}.yaml`);
  writeFileSync(path, JSON.stringify({ heat_template_version: '2021-04-16', parameters, resources, outputs }));
  return path;
}

/** A parameter that takes such a value. */
function parameterFor(value: unknown): object {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return { type: 'comma_delimited_list', default: '' };
  }
  return typeof value === 'object' ? { type: 'json', default: {} } : { type: typeof value, default: value };
}
