import { describe, expect, it } from 'vitest';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { findNetwork, listNetworks, listSubnets } from '../../src/openstack/neutron/networks.ts';
import { deletePort, listPorts } from '../../src/openstack/neutron/ports.ts';
import { listRouters } from '../../src/openstack/neutron/routers.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
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

    it('has no network of an unknown name', async () => {
      expect(await findNetwork(cloud().neutron, uniqueName('missing'))).toBeUndefined();
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
    });

    it('lets go of a port that is gone', async () => {
      await expect(deletePort(cloud().neutron, noSuchId)).resolves.toBeUndefined();
    });
  });
}
