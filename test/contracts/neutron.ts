import { afterAll, describe, expect, it } from 'vitest';
import {
  createFloatingIp,
  deleteFloatingIp,
  type FloatingIp,
  findFloatingIp,
  listFloatingIps,
} from '../../src/openstack/neutron/floating-ips.ts';
import { findNetwork, listNetworks } from '../../src/openstack/neutron/networks.ts';
import { deletePort, listPorts } from '../../src/openstack/neutron/ports.ts';
import { getNetworkQuotas } from '../../src/openstack/neutron/quotas.ts';
import { listRouters } from '../../src/openstack/neutron/routers.ts';
import { deleteSecurityGroup, listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { listSubnets, listSubnetsByOwner } from '../../src/openstack/neutron/subnets.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type ConnectTo, connection, uniqueName } from './support.ts';

const noSuchId = '00000000-0000-4000-8000-000000000000';

/** What Slipway relies on in Neutron; what a stack makes there is in the contract of Heat. */
export function neutronContract(connectTo: ConnectTo): void {
  describe('Neutron', () => {
    const cloud = connection(connectTo);

    it('has an external network, which is found by its name and its id', async () => {
      const { neutron } = cloud();
      const [first] = await listNetworks(neutron, { external: true });

      const byName = await findNetwork(neutron, first?.name ?? '', { external: true });
      const byId = await findNetwork(neutron, first?.id ?? '');

      expect(first).toMatchObject({ external: true, status: 'ACTIVE' });
      expect(byName).toEqual(first);
      expect(byId).toEqual(first);
      expect(await findNetwork(neutron, first?.name ?? '', { external: false })).toBeUndefined();
    });

    it('has no network of an unknown name, nor of one in other letters', async () => {
      const { neutron } = cloud();
      const [first] = await listNetworks(neutron, { external: true });

      expect(await findNetwork(neutron, uniqueName('missing'))).toBeUndefined();
      expect(await findNetwork(neutron, first?.name.toUpperCase() ?? '')).toBeUndefined();
    });

    it('gives every project a security group named default', async () => {
      const groups = await listSecurityGroups(cloud().neutron, { name: 'default' });

      expect(groups.map(({ name }) => name)).toEqual(['default']);
      expect(groups[0]?.rules).toContainEqual(expect.objectContaining({ direction: 'egress', etherType: 'IPv4' }));
    });

    it('lists nothing for a network, an address, a router and a subnet that do not exist', async () => {
      const { neutron } = cloud();

      const listed = await Promise.all([
        listPorts(neutron, { networkId: noSuchId }),
        listFloatingIps(neutron, { address: '198.51.100.254' }),
        listRouters(neutron, { name: uniqueName('missing') }),
        listSubnets(neutron, { networkId: noSuchId }),
      ]);

      expect(listed).toEqual([[], [], [], []]);
      expect(await findFloatingIp(neutron, '198.51.100.254')).toBeUndefined();
    });

    it('lets go of a port and of an address that are gone', async () => {
      const { neutron } = cloud();

      await expect(deletePort(neutron, noSuchId)).resolves.toBeUndefined();
      await expect(deleteFloatingIp(neutron, noSuchId)).resolves.toBeUndefined();
    });

    it('lets go of a security group, unless a port has it', async () => {
      const { neutron } = cloud();
      const name = uniqueName('group');
      const description = 'Security Group for default/web Service LoadBalancer in cluster staging-1';
      const { security_group } = await neutron.post<{ security_group: { id: string } }>(['security-groups'], {
        doing: 'Creating a security group',
        ok: [201],
        body: { security_group: { name, description } },
      });
      const networkId = await makeNetwork(cloud(), name, security_group.id);

      const held = deleteSecurityGroup(neutron, security_group.id);

      await expect(held).rejects.toMatchObject({ service: 'Neutron', status: 409 });
      expect(await listSecurityGroups(neutron, { name })).toMatchObject([{ id: security_group.id, description }]);
      await removeNetwork(cloud(), networkId);
      await deleteSecurityGroup(neutron, security_group.id);
      await deleteSecurityGroup(neutron, security_group.id);
      expect(await listSecurityGroups(neutron, { name })).toEqual([]);
    });

    it('tells the quotas of the project, and not those of another', async () => {
      const { neutron, projectId } = cloud();

      const quotas = await getNetworkQuotas(neutron, await projectId());

      for (const { used, max } of Object.values(quotas)) {
        expect(used).toBeGreaterThanOrEqual(0);
        expect(max).toBeGreaterThan(0);
      }
      const others = getNetworkQuotas(neutron, '0123456789abcdef0123456789abcdef');
      await expect(others).rejects.toMatchObject({ service: 'Neutron', status: 403 });
      await expect(others).rejects.toThrow(/^Reading the network quotas of the project: /);
    });

    describe('an address', () => {
      const description = uniqueName('address');
      let taken: FloatingIp | undefined;

      afterAll(async () => {
        for (const { id, description: text } of await listFloatingIps(cloud().neutron)) {
          if (text === description) await deleteFloatingIp(cloud().neutron, id);
        }
      });

      it('is taken of an external network, counted, found and given back', async () => {
        const { neutron } = cloud();
        const [external] = await listNetworks(neutron, { external: true });

        taken = await createFloatingIp(neutron, { externalNetworkId: external?.id ?? '', description });
        const found = await findFloatingIp(neutron, taken.address);
        const quotas = await getNetworkQuotas(neutron, await cloud().projectId());
        await deleteFloatingIp(neutron, taken.id);

        expect(taken).toMatchObject({ status: 'DOWN', externalNetworkId: external?.id, description });
        expect(taken).not.toHaveProperty('portId');
        expect(found).toEqual(taken);
        expect(quotas.floatingIps.used).toBeGreaterThanOrEqual(1);
        expect(await findFloatingIp(neutron, taken.address)).toBeUndefined();
      });

      it('is not to be had of a network that does not exist', async () => {
        const refused = createFloatingIp(cloud().neutron, { externalNetworkId: noSuchId, description });

        await expect(refused).rejects.toMatchObject({ status: 404 });
        await expect(refused).rejects.toThrow(/^Taking a floating IP of the network /);
      });
    });

    describe('what a project made', () => {
      const name = uniqueName('net');
      let networkId = '';

      afterAll(() => removeNetwork(cloud(), networkId));

      it('is listed page by page with nothing lost, whatever the size of a page', async () => {
        const { neutron, projectId } = cloud();
        networkId = await makeNetwork(cloud(), name);

        const [networks, small] = await Promise.all([
          listNetworks(neutron, { name }),
          listNetworks(neutron, { name, pageSize: 1 }),
        ]);
        const [ports, smallPorts] = await Promise.all([
          listPorts(neutron, { networkId }),
          listPorts(neutron, { networkId, pageSize: 1 }),
        ]);
        const groups = await listSecurityGroups(neutron, { name: 'default', pageSize: 1 });

        expect(networks.map(({ id }) => id)).toEqual([networkId]);
        expect(small).toEqual(networks);
        expect(ports).toHaveLength(3);
        expect(sortedIds(smallPorts)).toEqual(sortedIds(ports));
        expect(groups).toHaveLength(1);
        const quotas = await getNetworkQuotas(neutron, await projectId());
        expect(quotas.networks.used).toBeGreaterThanOrEqual(1);
        expect(quotas.subnets.used).toBeGreaterThanOrEqual(1);
        expect(quotas.ports.used).toBeGreaterThanOrEqual(3);
      });

      it('has a subnet that tells its range, its gateway and its routes, and is its own', async () => {
        const { neutron, projectId } = cloud();
        const project = await projectId();

        const { own, foreign } = await listSubnetsByOwner(neutron, project);

        expect(own.find((subnet) => subnet.networkId === networkId)).toEqual({
          id: expect.any(String),
          name,
          networkId,
          projectId: project,
          ipVersion: 4,
          cidr: '10.77.0.0/24',
          gateway: '10.77.0.1',
          dnsServers: [],
          hostRoutes: [{ destination: '10.9.0.0/16', nextHop: '10.77.0.9' }],
        });
        expect(foreign.filter((subnet) => subnet.projectId === project)).toEqual([]);
      });
    });
  });
}

/** A network with a subnet and three ports, as no client function makes them: Heat does that. */
async function makeNetwork({ neutron }: OpenStack, name: string, group?: string): Promise<string> {
  const { network } = await neutron.post<{ network: { id: string } }>(['networks'], {
    doing: 'Creating a network',
    ok: [201],
    body: { network: { name } },
  });
  await neutron.post(['subnets'], {
    doing: 'Creating a subnet',
    ok: [201],
    body: {
      subnet: {
        name,
        network_id: network.id,
        ip_version: 4,
        cidr: '10.77.0.0/24',
        host_routes: [{ destination: '10.9.0.0/16', nexthop: '10.77.0.9' }],
      },
    },
  });
  for (const number of [1, 2, 3]) {
    await neutron.post(['ports'], {
      doing: 'Creating a port',
      ok: [201],
      body: { port: { name: `${name}-${number}`, network_id: network.id, ...(group && { security_groups: [group] }) } },
    });
  }
  return network.id;
}

async function removeNetwork({ neutron }: OpenStack, id: string): Promise<void> {
  if (id === '') return;
  for (const port of await listPorts(neutron, { networkId: id })) await deletePort(neutron, port.id);
  await neutron.delete(['networks', id], { doing: 'Deleting a network', ok: [204, 404] });
}

function sortedIds(things: readonly { id: string }[]): string[] {
  return things.map(({ id }) => id).sort();
}
