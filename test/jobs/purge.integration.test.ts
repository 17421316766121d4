import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteStack } from '../../jobs/delete-stack.ts';
import { lookAtRemoval } from '../../jobs/purge/look-at-removal.ts';
import { purge } from '../../jobs/purge.ts';
import { isAgain, type Run } from '../../jobs/run.ts';
import { stack } from '../../jobs/stack.ts';
import type { PurgeResult } from '../../src/clusters/steps.ts';
import { silentLogger } from '../../src/log.ts';
import { listVolumes } from '../../src/openstack/cinder/volumes.ts';
import { createStack, findStack } from '../../src/openstack/heat/stacks.ts';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { listSubnetsByOwner } from '../../src/openstack/neutron/subnets.ts';
import { listLoadBalancers } from '../../src/openstack/octavia/load-balancers.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { settled } from '../contracts/heat-stack.ts';
import { smallTemplate } from '../contracts/heat-templates.ts';
import { actAsControllers, type MadeByControllers } from './controllers.ts';
import { death, dyingAfter } from './dying.ts';
import { startReticent } from './preflight/reticent-cloud.ts';
import { clusterTemplate, openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const name = 'slipway-staging';
const deployment = readyForStack();

/** A network of the cluster's own, which nothing can go from that has an address in it. */
const network = {
  net: { type: 'OS::Neutron::Net', properties: { name: 'of-staging' } },
  subnet: {
    type: 'OS::Neutron::Subnet',
    properties: { name: 'of-staging', network: { get_resource: 'net' }, cidr: '10.9.0.0/24' },
  },
};

describe('the step purge', () => {
  let stage: StackStage;
  let step: RecordingStep;

  beforeEach(async () => {
    stage = await openStackStage();
    step = new RecordingStep();
  });
  afterEach(() => stage.close());

  async function givenStack(): Promise<void> {
    await stack(stage.runOf(deployment, new RecordingStep(), clusterTemplate(network)));
    const found = await findStack(stage.direct.heat, name);
    if (found !== undefined) await settled(stage.direct.heat, found);
  }

  async function givenServices(cluster: string, tags: readonly string[] = []): Promise<MadeByControllers> {
    const [external] = await listNetworks(stage.direct.neutron, { external: true });
    const { own } = await listSubnetsByOwner(stage.direct.neutron, await stage.direct.projectId());
    const subnet = own.find((one) => one.name === 'of-staging');
    return actAsControllers(stage.direct, cluster, {
      subnetId: subnet?.id ?? '',
      externalNetworkId: external?.id ?? '',
      tags,
    });
  }

  /** Runs a step as a worker does, until it does not want to be put off any more. */
  async function ended<Result extends object>(
    work: (run: Run) => Promise<Result | { again: true }>,
    openstack: OpenStack = stage.runOf(deployment, step, '').openstack,
  ): Promise<Result> {
    for (;;) {
      const outcome = await work({ ...stage.runOf(deployment, step, ''), openstack });
      if (!isAgain(outcome)) return outcome as Result;
      await sleep(20);
    }
  }

  async function left(): Promise<object> {
    const { octavia, neutron, cinder } = stage.direct;
    return {
      balancers: (await listLoadBalancers(octavia)).map((one) => one.name),
      floatingIps: (await listFloatingIps(neutron)).map(({ description }) => description),
      groups: (await listSecurityGroups(neutron)).map((one) => one.name).filter((one) => one !== 'default'),
      volumes: (await listVolumes(cinder)).map((one) => one.name),
    };
  }

  const nothing: PurgeResult = { loadBalancers: 0, floatingIps: 0, securityGroups: 0, volumes: [] };
  const one: PurgeResult = { loadBalancers: 1, floatingIps: 1, securityGroups: 1, volumes: ['pvc-of-staging-1'] };

  it('has nothing to do where there is no stack', async () => {
    expect(await ended(purge)).toEqual(nothing);
    expect(step.told).toEqual([]);
  });

  it('has nothing to do for a stack whose controllers have made nothing', async () => {
    await givenStack();

    expect(await ended(purge)).toEqual(nothing);
    expect(step.told).toEqual([]);
  });

  it('touches nothing where the stack is not of this cluster', async () => {
    await settled(
      stage.direct.heat,
      await createStack(stage.direct.heat, { name, template: smallTemplate, parameters: {} }),
    );

    expect(await ended(purge)).toEqual(nothing);
  });

  it('removes load balancers, floating IPs and security groups of this cluster alone, and counts its volumes', async () => {
    await givenStack();
    await givenServices(deployment.id);
    await givenServices('staging-10');

    const result = await ended(purge);

    expect(result).toEqual(one);
    expect(await left()).toEqual({
      balancers: ['kube_service_staging-10_default_web'],
      floatingIps: [expect.stringMatching(/from cluster staging-10$/)],
      groups: ['lb-sg-1-default-web'],
      volumes: ['pvc-of-staging-10', `pvc-of-${deployment.id}`],
    });
    expect(await ended(purge)).toEqual(one);
  });

  it('waits for a load balancer that something else is being done to', async () => {
    await givenStack();
    await givenServices(deployment.id);
    let refusals = 0;
    const busy = await startReticent(await stage.direct.octavia.endpoint(), ({ method }) => {
      if (method !== 'DELETE' || refusals === 2) return undefined;
      refusals += 1;
      return { status: 409, body: { faultcode: 'Client', faultstring: 'Load Balancer is immutable.' } };
    });
    const endpointOverrides = { octavia: busy.address };
    const openstack = connect({ ...stage.direct.cloud, endpointOverrides }, { log: silentLogger() });

    const result = await ended(purge, openstack);
    await openstack.close();
    await busy.close();

    expect([result, refusals]).toEqual([one, 2]);
    expect(await left()).toMatchObject({ balancers: [] });
  });

  it('is preceded by a look that says what there is, and changes nothing', async () => {
    await givenStack();
    await givenServices(deployment.id);
    await givenServices('staging-10');
    const before = await left();

    const removal = await lookAtRemoval(
      deployment.spec,
      { openstack: () => stage.direct, log: silentLogger() },
      AbortSignal.timeout(30_000),
    );

    expect(removal).toMatchObject({ stack: name, loadBalancers: 1, floatingIps: 1 });
    expect(removal.resources).toBeGreaterThan(0);
    expect(removal.volumes).toEqual([{ name: `pvc-of-${deployment.id}`, gib: 1 }]);
    expect(await left()).toEqual(before);
  });

  it('leaves a load balancer that another cluster uses as well', async () => {
    await givenStack();
    await givenServices(deployment.id, ['kube_service_production-1_default_web']);

    expect(await ended(purge)).toEqual({ ...one, loadBalancers: 0 });
    expect(await left()).toMatchObject({ balancers: [`kube_service_${deployment.id}_default_web`] });
  });

  it('leaves a security group for later that a server has', async () => {
    await givenStack();
    const { securityGroup } = await givenServices(deployment.id);
    const [own] = await listNetworks(stage.direct.neutron, { name: 'of-staging' });
    await stage.direct.neutron.post(['ports'], {
      doing: 'Making a port',
      ok: [201],
      body: { port: { network_id: own?.id, security_groups: [securityGroup] } },
    });

    expect(await ended(purge)).toEqual(one);
    expect(await left()).toMatchObject({ groups: ['lb-sg-1-default-web'], floatingIps: [] });
  });

  it('gives up on a load balancer that does not go, and names it', async () => {
    await givenStack();
    await givenServices(deployment.id);
    step.startedAt = Date.now() - 31 * 60_000;

    await expect(ended(purge)).rejects.toMatchObject({
      code: 'purge_stuck',
      message: expect.stringMatching(
        /^The load balancer kube_service_staging-1_default_web is still there .*, as [A-Z_]+$/,
      ),
      hint: expect.stringContaining('Octavia'),
    });
  });

  it('looks for what the cloud has, and for no more', async () => {
    await givenStack();
    const { direct } = stage;
    const offers: OpenStack['offers'] = async (service) => !['octavia', 'cinder'].includes(service);

    expect(await ended(purge, { ...direct, offers })).toEqual(nothing);
  });

  it('ends alike after a death between any two calls', async () => {
    await givenStack();
    await givenServices(deployment.id);
    const whole = dyingAfter(stage.direct, Number.POSITIVE_INFINITY);
    await ended(purge, whole);
    expect(whole.calls).toBeGreaterThan(8);

    for (let calls = 0; calls < whole.calls; calls += 1) {
      step = new RecordingStep();
      await removeVolumes();
      await givenServices(deployment.id);
      await ended(purge, dyingAfter(stage.direct, calls)).catch((error: unknown) => expect(error).toBe(death));

      expect(await ended(purge)).toEqual(one);
      expect(await left()).toMatchObject({ balancers: [], floatingIps: [], groups: [] });
    }
  });

  async function removeVolumes(): Promise<void> {
    const { cinder } = stage.direct;
    for (const { id } of await listVolumes(cinder)) {
      await cinder.delete(['volumes', id], { doing: 'Removing a volume', ok: [202] });
    }
  }

  it('is done again by delete-stack, when something was made meanwhile that Heat’s deletion fails at', async () => {
    await givenStack();
    await ended(purge);
    await givenServices(deployment.id);
    step = new RecordingStep();

    expect(await ended(deleteStack)).toEqual({ existed: true });

    expect(await findStack(stage.direct.heat, name)).toBeUndefined();
    expect(await left()).toMatchObject({ balancers: [], floatingIps: [], groups: [] });
  });
});
