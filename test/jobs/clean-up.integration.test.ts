import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanUp } from '../../jobs/clean-up.ts';
import { credential } from '../../jobs/credential.ts';
import { isAgain, type Run } from '../../jobs/run.ts';
import { stack } from '../../jobs/stack.ts';
import type { CleanUpResult } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { listVolumes } from '../../src/openstack/cinder/volumes.ts';
import { findStack } from '../../src/openstack/heat/stacks.ts';
import {
  createApplicationCredential,
  listApplicationCredentials,
} from '../../src/openstack/keystone/application-credentials.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { findContainer } from '../../src/openstack/swift/containers.ts';
import { listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { settled } from '../contracts/heat-stack.ts';
import { death, dyingAfter } from './dying.ts';
import { startReticent } from './preflight/reticent-cloud.ts';
import { clusterTemplate, openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const container = 'slipway-cluster-staging';
const deployment = readyForStack();

describe('the step clean-up', () => {
  let stage: StackStage;
  let step: RecordingStep;

  beforeEach(async () => {
    stage = await openStackStage();
    step = new RecordingStep();
  });
  afterEach(() => stage.close());

  function run(changes: Partial<Run> = {}): Run {
    return { ...stage.runOf(deployment, step, ''), ...changes };
  }

  /** What a cluster that was up has left. */
  async function givenCluster(): Promise<void> {
    await credential({ ...run(), step: new RecordingStep() });
    await put(`${deployment.id}/admin.conf`);
    await put(`${deployment.id}/join/node.json`);
  }

  async function put(object: string): Promise<void> {
    await putObject(stage.direct.swift, { container, object, size: 1, content: () => Readable.from(['x']) });
  }

  async function ended(openstack: OpenStack = stage.direct, of = deployment): Promise<CleanUpResult> {
    for (;;) {
      const outcome = await cleanUp(run({ openstack, deployment: of }));
      if (!isAgain(outcome)) return outcome;
      await sleep(20);
    }
  }

  /** As the Cinder CSI driver makes one for a PersistentVolumeClaim. */
  async function volume(name: string, cluster: string): Promise<void> {
    const metadata = { 'cinder.csi.openstack.org/cluster': cluster };
    await stage.direct.cinder.post(['volumes'], {
      doing: 'Making a volume',
      ok: [202],
      body: { volume: { name, size: 1, metadata } },
    });
  }

  async function volumes(): Promise<string[]> {
    return (await listVolumes(stage.direct.cinder)).map(({ name }) => name).sort();
  }

  async function credentials(): Promise<string[]> {
    return (await listApplicationCredentials(stage.direct.keystone)).map(({ name }) => name);
  }

  it('is done at once where there is nothing', async () => {
    await stage.direct.swift.delete([container], { doing: 'Removing', ok: [204] });

    expect(await ended()).toEqual({ credentials: 0, objects: 0 });
  });

  it('revokes the credential, and removes the container with all that is in it', async () => {
    await givenCluster();
    await put('staging-0/admin.conf');
    await put('notes.txt');
    await createApplicationCredential(stage.direct.keystone, { name: 'slipway-staging-0' });
    await createApplicationCredential(stage.direct.keystone, { name: 'slipway-staging-eu-0' });

    const result = await ended();

    expect(result).toEqual({ credentials: 2, objects: 5 });
    expect(await findContainer(stage.direct.swift, container)).toBeUndefined();
    expect(await credentials()).toEqual(['slipway-staging-eu-0']);
    expect(await ended()).toEqual(result);
  });

  it('removes what the servers had held on to before', async () => {
    await givenCluster();
    await stage.direct.neutron.post(['security-groups'], {
      doing: 'Making a security group',
      ok: [201],
      body: {
        security_group: {
          name: 'lb-sg',
          description: `Security Group for default/web Service LoadBalancer in cluster ${deployment.id}`,
        },
      },
    });

    await ended();

    expect(await listSecurityGroups(stage.direct.neutron, { name: 'lb-sg' })).toEqual([]);
  });

  it('leaves the volumes that the cluster has made, unless somebody has asked for their end', async () => {
    await givenCluster();
    await volume('pvc-1', deployment.id);
    await volume('pvc-2', 'staging-10');

    await ended();
    expect(await volumes()).toEqual(['pvc-1', 'pvc-2']);

    step = new RecordingStep();
    await givenCluster();
    const result = await ended(stage.direct, { ...deployment, removeVolumes: true });

    expect(result).toEqual({ credentials: 1, objects: 3, volumes: 1 });
    expect(await volumes()).toEqual(['pvc-2']);
  });

  it('waits for a volume that its server has not let go of yet', async () => {
    await givenCluster();
    await volume('pvc-1', deployment.id);
    let refusals = 0;
    const busy = await startReticent(await stage.direct.cinder.endpoint(), ({ method }) => {
      if (method !== 'DELETE' || refusals === 2) return undefined;
      refusals += 1;
      return { status: 400, body: { badRequest: { message: 'Invalid volume: it is attached', code: 400 } } };
    });
    const endpointOverrides = { cinder: busy.address };
    const openstack = connect({ ...stage.direct.cloud, endpointOverrides }, { log: silentLogger() });

    const result = await ended(openstack, { ...deployment, removeVolumes: true });
    await openstack.close();
    await busy.close();

    expect(refusals).toBe(2);
    expect(result).toMatchObject({ volumes: 1 });
    expect(await volumes()).toEqual([]);
  });

  it('ends alike after a death between any two calls', async () => {
    await givenCluster();
    const whole = dyingAfter(stage.direct, Number.POSITIVE_INFINITY);
    const result = await ended(whole);
    expect(result).toEqual({ credentials: 1, objects: 3 });

    for (let calls = 0; calls < whole.calls; calls += 1) {
      step = new RecordingStep();
      await givenCluster();
      await expect(ended(dyingAfter(stage.direct, calls))).rejects.toBe(death);

      expect(await ended()).toEqual(result);
      expect(await findContainer(stage.direct.swift, container)).toBeUndefined();
      expect(await credentials()).toEqual([]);
    }
  });

  it('leaves what belongs to a stack that is there', async () => {
    await stack(stage.runOf(deployment, new RecordingStep(), clusterTemplate({})));
    const found = await findStack(stage.direct.heat, 'slipway-staging');
    if (found !== undefined) await settled(stage.direct.heat, found);
    await givenCluster();
    await put('staging-0/admin.conf');

    expect(await ended()).toEqual({ credentials: 0, objects: 1 });

    expect(await listObjects(stage.direct.swift, container)).toHaveLength(3);
    expect(await credentials()).toEqual(['slipway-staging-1']);
  });

  it('looks again when Swift finds the container not empty yet', async () => {
    await givenCluster();
    step.checkpoint = async () => {
      step.checkpoint = async () => undefined;
      await put(`${deployment.id}/report.json`); // a server’s last word
    };

    const first = await cleanUp(run());
    const second = await ended();

    expect(first).toMatchObject({ again: true });
    expect(second).toEqual({ credentials: 1, objects: 3 });
    expect(await findContainer(stage.direct.swift, container)).toBeUndefined();
  });

  it('gives up on a container that is never empty', async () => {
    await givenCluster();
    step.startedAt = Date.now() - 11 * 60_000;
    step.checkpoint = () => put('again');

    await expect(ended()).rejects.toMatchObject({
      code: 'container_not_empty',
      message: `Swift does not let the container ${container} go: it is never empty`,
    });
  });

  it('goes on where Keystone does not let it revoke anything', async () => {
    await givenCluster();
    const { id, secret } = await createApplicationCredential(stage.direct.keystone, { name: 'restricted' });
    const restricted = connect(
      { ...stage.direct.cloud, credentials: { kind: 'application-credential', credential: { id }, secret } },
      { log: silentLogger() },
    );

    const result = await ended(restricted).finally(() => restricted.close());

    expect(result).toEqual({ credentials: 1, objects: 3 });
    expect(await findContainer(stage.direct.swift, container)).toBeUndefined();
    expect(await credentials()).toEqual(expect.arrayContaining(['slipway-staging-1', 'restricted']));
  });
});
