import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedStore } from '../../../jobs/cluster-store.ts';
import type { Run } from '../../../jobs/run.ts';
import { clusterObjects, instructionObject, outcomeObject } from '../../../src/clusters/names.ts';
import { type SignedObject, stackParameters } from '../../../src/clusters/stack.ts';
import { parseReport } from '../../../src/kubernetes/report.ts';
import { silentLogger } from '../../../src/log.ts';
import { createStack, getStack } from '../../../src/openstack/heat/stacks.ts';
import { loadTemplate } from '../../../src/openstack/heat/template-files.ts';
import { createKeypair } from '../../../src/openstack/nova/keypairs.ts';
import type { OpenStack } from '../../../src/openstack/openstack.ts';
import { createContainer } from '../../../src/openstack/swift/containers.ts';
import { findObjectText, putObject } from '../../../src/openstack/swift/objects.ts';
import { signObjectUrl } from '../../../src/openstack/swift/temp-url.ts';
import { ensureTempUrlKey } from '../../../src/openstack/swift/temp-url-key.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { startNodes } from '../../../src/playground/nodes/nodes.ts';
import { newPublicKey } from '../../contracts/public-key.ts';
import { connectToCloud, eventually } from '../../contracts/support.ts';
import { approvedStaging, deploymentAfter } from '../../support/fixtures.ts';
import { someStackInputs } from '../../support/stack-inputs.ts';
import { makeTinyImage } from '../../support/tiny-image.ts';

const container = 'slipway-cluster-staging';
const deployment = deploymentAfter(...approvedStaging);
const hostname = `${deployment.cluster}-control-plane-0`;

let cloud: PlaygroundCloud;
let openstack: OpenStack;
let operator: OpenStack;
let nodes: { close(): Promise<void> };
let objects: SignedObject[];

beforeAll(async () => {
  cloud = await startCloud({ log: silentLogger(), delays: 'none' });
  openstack = await connectToCloud(cloud.cloudsFile, 'playground');
  operator = await connectToCloud(cloud.cloudsFile, 'playground-admin');
  await createContainer(openstack.swift, container);
  objects = [await publish('kubernetes', 'server.tar.gz'), await publish('states', 'salt.tar.gz')];
  nodes = await startNodes({ openstack: operator, log: silentLogger(), pace: 'none' });
});

afterAll(async () => {
  await nodes.close();
  await openstack.close();
  await operator.close();
  await cloud.close();
});

async function put(object: string, text: string): Promise<void> {
  const content = Buffer.from(text);
  await putObject(openstack.swift, {
    container,
    object,
    content: () => Readable.from([content]),
    size: content.length,
  });
}

async function publish(kind: SignedObject['kind'], name: string): Promise<SignedObject> {
  await put(name, name);
  const key = await ensureTempUrlKey(openstack.swift, container);
  const url = await signObjectUrl(openstack.swift, { container, object: name, key, lifetimeMs: 3_600_000 });
  return { kind, name, url, size: name.length, sha256: createHash('sha256').update(name).digest('hex') };
}

/** Creates the stack of a cluster, and waits until its servers have booted. */
async function createCluster(): Promise<void> {
  await createKeypair(openstack.nova, { name: 'ops', publicKey: newPublicKey() });
  const image = (await makeTinyImage(openstack.glance, 'debian-12')).id;
  const steps = { credential: { result: { container, kind: 'none' } } };
  const mutex = { run: (_: string, signal: AbortSignal, work: (signal: AbortSignal) => unknown) => work(signal) };
  const run = {
    openstack,
    deployment: { ...deployment, steps },
    tools: { mutex },
    signal: new AbortController().signal,
  };
  const store = await signedStore(run as unknown as Run);
  const ref = await createStack(openstack.heat, {
    ...(await loadTemplate('templates/heat/cluster.yaml')),
    name: 'slipway-staging',
    parameters: stackParameters(deployment, { ...someStackInputs, image, objects, store }),
  });
  const ended = await eventually(async () => {
    const stack = await getStack(openstack.heat, ref, { resolveOutputs: false });
    return stack.state === 'IN_PROGRESS' ? undefined : stack;
  }, 200);
  expect(`${ended.status}: ${ended.statusReason}`).toMatch(/^CREATE_COMPLETE/);
}

describe('the servers of a cluster', () => {
  it('find by their own URLs that they are to be upgraded, and report the new version', async () => {
    await createCluster();
    const instruction = { id: 'staging-m2-1', version: 'v1.35.1', release: 'v1.35.1-0123456789ab', role_step: 'apply' };

    await put(instructionObject(deployment.id, hostname), JSON.stringify({ ...instruction, objects }));

    const version = await eventually(async () => {
      const text = await findObjectText(openstack.swift, container, clusterObjects(deployment.id).report);
      const found = parseReport(text ?? '').nodes.find(({ name }) => name === hostname)?.version;
      return found === 'v1.34.2' ? undefined : found;
    }, 200);
    const outcome = await findObjectText(openstack.swift, container, outcomeObject(deployment.id, hostname));
    expect(version).toBe('v1.35.1');
    expect(JSON.parse(outcome ?? '')).toMatchObject({ id: 'staging-m2-1', reason: '', version: 'v1.35.1' });
  });
});
