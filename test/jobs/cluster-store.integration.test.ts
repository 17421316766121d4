import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedStore } from '../../jobs/cluster-store.ts';
import type { Run } from '../../jobs/run.ts';
import { bootLogObject, clusterObjects, instructionObject, outcomeObject } from '../../src/clusters/names.ts';
import type { SignedStore } from '../../src/clusters/stack.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import { openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const deployment = readyForStack();
const container = 'slipway-cluster-staging';
const objects = clusterObjects(deployment.id);

describe('what the servers of a cluster may read and write in its container', () => {
  let stage: StackStage;
  let run: Run;
  let store: SignedStore;

  beforeAll(async () => {
    stage = await openStackStage();
    run = stage.runOf(deployment, new RecordingStep(), '');
    store = await signedStore(run);
  });
  afterAll(() => stage.close());

  async function written(object: string): Promise<string | undefined> {
    return findObjectText(stage.direct.swift, container, object);
  }

  it.each([
    ['join_node_put', objects.joinNode],
    ['join_control_plane_put', objects.joinControlPlane],
    ['admin_conf_put', objects.adminConf],
    ['report_put', objects.report],
  ] as const)('lets a control plane write by %s, and nobody read', async (name, object) => {
    const url = store.controlPlane[name];

    const put = await fetch(url, { method: 'PUT', body: name });
    const got = await fetch(url);

    expect([put.status, got.status]).toEqual([201, 401]);
    expect(await written(object)).toBe(name);
  });

  it.each([
    ['cloud_config_get', () => store.controlPlane.cloud_config_get, objects.cloudConfig],
    ['join_control_plane_get', () => store.controlPlane.join_control_plane_get, objects.joinControlPlane],
    ['join_node_get', () => store.node.join_node_get, objects.joinNode],
  ] as const)('lets a server read by %s what may come later, and not write', async (_name, of, object) => {
    const url = of() ?? '';
    await stage.direct.swift.delete([container, ...object.split('/')], { doing: 'Removing', ok: [204, 404] });

    const early = await fetch(url);
    await stage.direct.swift.call('PUT', [container, ...object.split('/')], { doing: 'Writing', ok: [201] });
    const late = await fetch(url);
    const put = await fetch(url, { method: 'PUT', body: 'x' });

    expect([early.status, late.status, put.status]).toEqual([404, 200, 401]);
  });

  it('lets every server write a log of its own name, and nothing else', async () => {
    const { log_put } = store.node;
    expect(log_put).toBe(store.controlPlane.log_put);
    expect(log_put).toContain(`/${objects.logs}@HOST@.log?`);

    const put = await fetch(log_put.replace('@HOST@', 'staging-node-1'), { method: 'PUT', body: 'what happened' });
    const elsewhere = await fetch(log_put.replace('/logs/@HOST@.log?', '/admin.conf?'), { method: 'PUT', body: 'x' });

    expect([put.status, elsewhere.status]).toEqual([201, 401]);
    expect(await written(bootLogObject(deployment.id, 'staging-node-1'))).toBe('what happened');
  });

  it('lets every server read an instruction of its own name, and nothing else', async () => {
    const { upgrade_get } = store.node;
    expect(upgrade_get).toBe(store.controlPlane.upgrade_get);
    expect(upgrade_get).toContain(`/${objects.instructions}@HOST@.json?`);
    const url = upgrade_get.replace('@HOST@', 'staging-node-1');

    const early = await fetch(url);
    const instruction = instructionObject(deployment.id, 'staging-node-1').split('/');
    await stage.direct.swift.call('PUT', [container, ...instruction], { doing: 'Writing', ok: [201] });
    const late = await fetch(url);
    const put = await fetch(url, { method: 'PUT', body: 'x' });
    const elsewhere = await fetch(upgrade_get.replace('/upgrades/@HOST@.json?', '/admin.conf?'));

    expect([early.status, late.status, put.status, elsewhere.status]).toEqual([404, 200, 401, 401]);
  });

  it('lets every server write an outcome of its own name, and nobody read it', async () => {
    const { upgrade_put } = store.controlPlane;
    expect(upgrade_put).toBe(store.node.upgrade_put);
    const url = upgrade_put.replace('@HOST@', 'staging-node-1');

    const put = await fetch(url, { method: 'PUT', body: 'done' });
    const got = await fetch(url);

    expect([put.status, got.status]).toEqual([201, 401]);
    expect(await written(outcomeObject(deployment.id, 'staging-node-1'))).toBe('done');
  });

  it('holds for as long as a cluster may live', () => {
    const expires = new URL(store.node.join_node_get).searchParams.get('temp_url_expires');
    const years = (Number(expires) * 1000 - Date.now()) / (365 * 24 * 3_600_000);

    expect(years).toBeGreaterThan(9.9);
  });

  it('opens nothing of the cloud for a cluster without controllers', async () => {
    const credential = { state: 'done', attempt: 1, result: { container, kind: 'none' } } as const;
    const without = { ...deployment, steps: { ...deployment.steps, credential } };

    const { controlPlane } = await signedStore({ ...run, deployment: without });

    expect(controlPlane).not.toHaveProperty('cloud_config_get');
  });

  it('is void once the container has gone, also for one of the same name', async () => {
    const { swift } = stage.direct;
    const doing = 'Making the container anew';
    for (const object of Object.values(objects).filter((name) => !name.endsWith('/'))) {
      await swift.delete([container, ...object.split('/')], { doing, ok: [204, 404] });
    }
    for (const ofHost of [bootLogObject, instructionObject, outcomeObject]) {
      const object = ofHost(deployment.id, 'staging-node-1');
      await swift.delete([container, ...object.split('/')], { doing, ok: [204, 404] });
    }
    await swift.delete([container], { doing, ok: [204] });
    await swift.call('PUT', [container], { doing, ok: [201] });

    const fresh = await signedStore(run);
    const statuses = await Promise.all(
      [store, fresh].map(async ({ controlPlane }) => {
        const { status } = await fetch(controlPlane.report_put, { method: 'PUT', body: 'x' });
        return status;
      }),
    );

    expect(statuses).toEqual([401, 201]);
  });
});
