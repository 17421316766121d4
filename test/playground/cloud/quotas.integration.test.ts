import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlaygroundCloud } from '../../../src/playground/cloud/cloud.ts';
import { newPublicKey } from '../../contracts/public-key.ts';
import { logIn, type Person, testCloud } from './support.ts';

let cloud: PlaygroundCloud;
let member: Person;
let operator: Person;

beforeAll(async () => {
  cloud = await testCloud();
  member = await logIn(cloud);
  operator = await logIn(cloud, 'playground-admin');
});
afterAll(() => cloud.close());

const small = {
  network: 1,
  subnet: 0,
  router: 0,
  port: 0,
  floatingip: 0,
  security_group: 1,
  security_group_rule: 4,
};

it('takes quotas from operators only, and shows them to members of the project only', async () => {
  const path = `/v2.0/quotas/${member.projectId}`;

  const refused = await member.ask('network', 'PUT', path, { quota: small });
  const set = await operator.ask('network', 'PUT', path, { quota: small });
  const others = await member.ask('network', 'GET', `/v2.0/quotas/${operator.projectId}/details.json`);

  expect(refused.status).toBe(403);
  expect(set).toMatchObject({ status: 200, body: { quota: { ...small, rbac_policy: 10 } } });
  expect(others).toMatchObject({ status: 403, body: { NeutronError: { type: 'AdminRequired' } } });
});

it('refuses what is more than Neutron allows the project', async () => {
  const network = await member.ask('network', 'POST', '/v2.0/networks', { network: { name: 'one' } });
  const { id } = (network.body as { network: { id: string } }).network;
  const groups = await member.ask('network', 'GET', '/v2.0/security-groups');
  const [group] = (groups.body as { security_groups: { id: string }[] }).security_groups;
  const cases: [resource: string, path: string, body: object][] = [
    ['network', '/v2.0/networks', { network: { name: 'two' } }],
    ['subnet', '/v2.0/subnets', { subnet: { network_id: id, ip_version: 4, cidr: '10.0.0.0/24' } }],
    ['router', '/v2.0/routers', { router: { name: 'one' } }],
    ['port', '/v2.0/ports', { port: { network_id: id } }],
    ['floatingip', '/v2.0/floatingips', { floatingip: { floating_network_id: id } }],
    ['security_group', '/v2.0/security-groups', { security_group: { name: 'two' } }],
    [
      'security_group_rule',
      '/v2.0/security-group-rules',
      { security_group_rule: { security_group_id: group?.id, direction: 'ingress' } },
    ],
  ];

  for (const [resource, path, body] of cases) {
    expect(await member.ask('network', 'POST', path, body)).toMatchObject({
      status: 409,
      body: {
        NeutronError: { type: 'OverQuota', message: `Quota exceeded for resources: ['${resource}'].`, detail: '' },
      },
    });
  }
  const usage = await member.ask('network', 'GET', `/v2.0/quotas/${member.projectId}/details.json`);
  expect(usage.body).toMatchObject({ quota: { network: { limit: 1, used: 1, reserved: 0 } } });
});

it('refuses what is more than Nova allows the project', async () => {
  const path = `/os-quota-sets/${member.projectId}`;
  const headers = { 'openstack-api-version': 'compute 2.53' };
  const keypair = { name: 'one', type: 'ssh', public_key: newPublicKey() };
  const group = { name: 'one', policies: ['affinity'] };

  const refused = await member.ask('compute', 'PUT', path, { quota_set: { key_pairs: 0 } });
  await operator.ask('compute', 'PUT', path, { quota_set: { key_pairs: 0, server_groups: 0 } });
  const keypairs = await member.ask('compute', 'POST', '/os-keypairs', { keypair }, headers);
  const groups = await member.ask('compute', 'POST', '/os-server-groups', { server_group: group }, headers);
  const limits = await member.ask('compute', 'GET', '/limits', undefined, headers);

  expect(refused.status).toBe(403);
  expect(keypairs).toMatchObject({
    status: 403,
    body: { forbidden: { message: 'Quota exceeded, too many key pairs.' } },
  });
  expect(groups).toMatchObject({
    status: 403,
    body: { forbidden: { message: 'Quota exceeded, too many server groups.' } },
  });
  expect(limits.body).toMatchObject({ limits: { absolute: { maxTotalKeypairs: 0, maxServerGroups: 0 } } });
});
