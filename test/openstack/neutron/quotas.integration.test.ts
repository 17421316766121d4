import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { getNetworkQuotas } from '../../../src/openstack/neutron/quotas.ts';
import type { OpenStack } from '../../../src/openstack/openstack.ts';
import { answer, StandIn } from '../stand-in.ts';

const limits = {
  network: 10,
  subnet: 20,
  router: 5,
  port: -1,
  floatingip: 3,
  security_group: 8,
  security_group_rule: 100,
};

let neutron: StandIn;
let cloud: OpenStack;

beforeAll(async () => {
  neutron = await StandIn.start();
  cloud = neutron.connect({ endpointOverrides: { network: `${neutron.address}/network/v2.0` } });
});
beforeEach(() => {
  neutron.received.length = 0;
});
afterAll(async () => {
  await cloud.close();
  await neutron.close();
});

it('counts as used what requests under way have reserved', async () => {
  const quota = Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => [name, { limit, used: 2, reserved: name === 'floatingip' ? 1 : 0 }]),
  );
  neutron.respond = (_request, response) => answer(response, 200, { quota });

  const quotas = await getNetworkQuotas(cloud.neutron, 'p1');

  expect(quotas.floatingIps).toEqual({ used: 3, max: 3 });
  expect(quotas.ports).toEqual({ used: 2 });
  expect(neutron.received.map(({ url }) => url)).toEqual(['/network/v2.0/quotas/p1/details.json']);
});

it('counts for itself, page by page and only what is its own, where Neutron does not tell what is used', async () => {
  neutron.respond = ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, neutron.address);
    const path = pathname.replace('/network/v2.0', '');
    if (path === '/quotas/p1') return answer(response, 200, { quota: limits });
    if (path === '/quotas/p1/details.json') return answer(response, 404, { NeutronError: { message: 'not found' } });
    const key = path.slice(1).replaceAll('-', '_');
    if (key !== 'ports') return answer(response, 200, { [key]: [{ id: 'one' }] });
    return searchParams.get('marker') === 'a'
      ? answer(response, 200, { ports: [{ id: 'b' }], ports_links: [{ rel: 'previous', href: '' }] })
      : answer(response, 200, { ports: [{ id: 'a' }], ports_links: [{ rel: 'next', href: '' }] });
  };

  const quotas = await getNetworkQuotas(cloud.neutron, 'p1');

  expect(quotas).toEqual({
    networks: { used: 1, max: 10 },
    subnets: { used: 1, max: 20 },
    routers: { used: 1, max: 5 },
    ports: { used: 2 },
    floatingIps: { used: 1, max: 3 },
    securityGroups: { used: 1, max: 8 },
    securityGroupRules: { used: 1, max: 100 },
  });
  const lists = neutron.received.map(({ url }) => url).filter((url) => !url.includes('/quotas/'));
  expect(lists).toHaveLength(8);
  expect(lists.every((url) => url.includes('project_id=p1'))).toBe(true);
});

it('counts nothing of what a cloud has no quota for', async () => {
  neutron.respond = (_request, response) =>
    answer(response, 200, { quota: { network: { limit: 10, used: 1, reserved: 0 } } });

  const quotas = await getNetworkQuotas(cloud.neutron, 'p1');

  expect(quotas.networks).toEqual({ used: 1, max: 10 });
  expect(quotas.floatingIps).toEqual({ used: 0 });
});
