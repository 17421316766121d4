import { afterAll, describe, expect, it } from 'vitest';
import { isNotFound } from '../../src/errors.ts';
import { deletePort, listPorts } from '../../src/openstack/neutron/ports.ts';
import {
  deleteLoadBalancer,
  getLoadBalancer,
  type LoadBalancer,
  listLoadBalancers,
} from '../../src/openstack/octavia/load-balancers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type ConnectTo, connection, eventually, uniqueName } from './support.ts';

const noSuchId = '00000000-0000-4000-8000-000000000000';

/** What Slipway relies on in Octavia, where there is one; what a stack makes there is in the contract of Heat. */
export function octaviaContract(connectTo: ConnectTo): void {
  describe('Octavia', () => {
    const cloud = connection(connectTo);

    it('lists nothing of an unknown name, or is missed with a sentence', async () => {
      const { octavia, offers } = cloud();
      const listed = listLoadBalancers(octavia, { name: uniqueName('missing') });

      if (!(await offers('octavia'))) {
        await expect(listed).rejects.toThrow(/offers no Octavia/);
        return;
      }
      expect(await listed).toEqual([]);
    });

    it('does not know a load balancer that does not exist, and lets go of it', async () => {
      const { octavia, offers } = cloud();
      if (!(await offers('octavia'))) return expectMissing(cloud());

      const missing = await getLoadBalancer(octavia, noSuchId).catch((error: unknown) => error);

      expect(isNotFound(missing)).toBe(true);
      expect(String(missing)).toMatch(/Reading the load balancer 0+-.*: Load Balancer 0+-\S+ not found/i);
      await expect(deleteLoadBalancer(octavia, noSuchId)).resolves.toBeUndefined();
    });

    describe('a load balancer', () => {
      const name = uniqueName('balancer');
      let networkId = '';
      let made: LoadBalancer | undefined;

      afterAll(() => cleanUp(cloud(), name, networkId));

      it('has an address in its subnet, is found by its name and its network, and refuses changes meanwhile', async () => {
        const { octavia, neutron, offers } = cloud();
        if (!(await offers('octavia'))) return expectMissing(cloud());
        const network = await makeNetwork(cloud(), name);
        networkId = network.id;

        const id = await makeLoadBalancer(cloud(), name, network.subnetId);
        const refused = makeListener(cloud(), id);

        await expect(refused).rejects.toMatchObject({ service: 'Octavia', status: 409 });
        made = await settled(cloud(), id);
        expect(made).toMatchObject({
          id,
          name,
          provisioningStatus: 'ACTIVE',
          tags: ['mine'],
          subnetId: network.subnetId,
        });
        expect(made.address).toMatch(/^10\.78\.0\.\d+$/);
        expect(made.networkId).toBe(networkId);
        const ports = await listPorts(neutron, { networkId });
        expect(ports.find((port) => port.id === made?.portId)?.addresses).toEqual([
          { subnetId: network.subnetId, address: made.address },
        ]);
        expect(await listLoadBalancers(octavia, { name })).toEqual([made]);
        expect(await listLoadBalancers(octavia, { networkId, pageSize: 1 })).toEqual([made]);
        expect(await listLoadBalancers(octavia, { name: name.toUpperCase() })).toEqual([]);
      });

      it('goes with its listener and the port of its address', async () => {
        const { octavia, neutron, offers } = cloud();
        if (!(await offers('octavia'))) return expectMissing(cloud());
        const { id = '' } = made ?? {};
        await makeListener(cloud(), id);
        await settled(cloud(), id);

        await deleteLoadBalancer(octavia, id);
        await eventually(async () => ((await listLoadBalancers(octavia, { name })).length === 0 ? true : undefined));

        await expect(deleteLoadBalancer(octavia, id)).resolves.toBeUndefined();
        expect(await listPorts(neutron, { networkId })).toEqual([]);
      });
    });
  });
}

async function expectMissing({ octavia }: OpenStack): Promise<void> {
  await expect(listLoadBalancers(octavia)).rejects.toThrow(/offers no Octavia/);
}

async function settled({ octavia }: OpenStack, id: string): Promise<LoadBalancer> {
  return eventually(async () => {
    const found = await getLoadBalancer(octavia, id);
    return found.provisioningStatus.startsWith('PENDING_') ? undefined : found;
  });
}

/** As no client function makes it: Heat does that. */
async function makeLoadBalancer({ octavia }: OpenStack, name: string, subnetId: string): Promise<string> {
  const { loadbalancer } = await octavia.post<{ loadbalancer: { id: string } }>(['lbaas', 'loadbalancers'], {
    doing: 'Creating a load balancer',
    ok: [201],
    body: { loadbalancer: { name, vip_subnet_id: subnetId, tags: ['mine'] } },
  });
  return loadbalancer.id;
}

async function makeListener({ octavia }: OpenStack, loadBalancerId: string): Promise<void> {
  await octavia.post(['lbaas', 'listeners'], {
    doing: 'Creating a listener',
    ok: [201],
    body: { listener: { loadbalancer_id: loadBalancerId, protocol: 'TCP', protocol_port: 6443 } },
  });
}

async function makeNetwork({ neutron }: OpenStack, name: string): Promise<{ id: string; subnetId: string }> {
  const { network } = await neutron.post<{ network: { id: string } }>(['networks'], {
    doing: 'Creating a network',
    ok: [201],
    body: { network: { name } },
  });
  const { subnet } = await neutron.post<{ subnet: { id: string } }>(['subnets'], {
    doing: 'Creating a subnet',
    ok: [201],
    body: { subnet: { name, network_id: network.id, ip_version: 4, cidr: '10.78.0.0/24' } },
  });
  return { id: network.id, subnetId: subnet.id };
}

async function cleanUp(openstack: OpenStack, name: string, networkId: string): Promise<void> {
  const { octavia, neutron, offers } = openstack;
  if (!(await offers('octavia')) || networkId === '') return;
  for (const { id } of await listLoadBalancers(octavia, { name })) {
    await settled(openstack, id);
    await deleteLoadBalancer(octavia, id);
  }
  await eventually(async () => ((await listLoadBalancers(octavia, { name })).length === 0 ? true : undefined));
  for (const port of await listPorts(neutron, { networkId })) await deletePort(neutron, port.id);
  await neutron.delete(['networks', networkId], { doing: 'Deleting a network', ok: [204, 404] });
}
