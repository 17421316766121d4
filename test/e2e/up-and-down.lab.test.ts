import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { findStack, listStacks } from '../../src/openstack/heat/stacks.ts';
import { listFloatingIps } from '../../src/openstack/neutron/floating-ips.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { listPorts } from '../../src/openstack/neutron/ports.ts';
import { listRouters } from '../../src/openstack/neutron/routers.ts';
import { listSecurityGroups } from '../../src/openstack/neutron/security-groups.ts';
import { listServers } from '../../src/openstack/nova/servers.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { listContainers } from '../../src/openstack/swift/containers.ts';
import type { StoredMessage } from '../../src/playground/workspace/state/messages.ts';
import { slipway } from '../support/program.ts';
import { openTestStage } from '../support/stage.ts';

const channel = 'C0DEPLOYS';
const cloud = 'lab';

/** Everything in the project that a cluster is made of, by kind: ids, sorted. */
async function inventory({ heat, nova, neutron, swift }: OpenStack): Promise<Record<string, string[]>> {
  const ids = (things: readonly { id: string }[]) => things.map(({ id }) => id).sort();
  return {
    stacks: ids(await listStacks(heat)),
    servers: ids(await listServers(nova)),
    networks: ids(await listNetworks(neutron)),
    routers: ids(await listRouters(neutron)),
    ports: ids(await listPorts(neutron)),
    floatingIps: ids(await listFloatingIps(neutron)),
    securityGroups: ids(await listSecurityGroups(neutron)),
    containers: (await listContainers(swift)).map(({ name }) => name).filter((name) => name !== 'slipway-releases'),
  };
}

function tearDownButton(messages: readonly StoredMessage[]): StoredMessage | undefined {
  return messages.findLast(({ blocks }) => JSON.stringify(blocks ?? []).includes('"tear-down"'));
}

describe('the main job on a real OpenStack', () => {
  let openstack: OpenStack;
  let before: Record<string, string[]>;

  beforeAll(async () => {
    openstack = connect(readCloud(cloud, process.env), { log: silentLogger() });
    before = await inventory(openstack);
  });
  afterAll(() => openstack.close());

  it('brings a cluster up, from the slash command to ACTIVE servers', async () => {
    const { status, stdout, stderr } = await slipway(
      ['demo', '--cloud', cloud, '--once', '--port', '0'],
      process.env,
      300_000,
    );

    const stack = await findStack(openstack.heat, 'slipway-staging');
    const servers = await listServers(openstack.nova);

    expect(stderr).toBe('');
    expect(stdout).toContain('staging is up');
    expect(status).toBe(0);
    expect(stack?.status).toBe('CREATE_COMPLETE');
    expect(servers.filter(({ name }) => name.startsWith('staging-')).map((server) => server.status)).toEqual([
      'ACTIVE',
      'ACTIVE',
    ]);
  });

  it('takes it down again from an empty Redis, with nothing left behind', async () => {
    const stage = await openTestStage(['--cloud', cloud]);
    try {
      const { workspace } = stage.world;
      await workspace.command('U0DEVELOPER', channel, '/k8s down staging');
      await expect.poll(() => tearDownButton(workspace.messages(channel)), { timeout: 15_000 }).toBeDefined();
      const question = tearDownButton(workspace.messages(channel));
      await workspace.click('U0DEVELOPER', { channel, ts: question?.ts ?? '', actionId: 'tear-down' });
      await expect
        .poll(() => workspace.messages(channel).map(({ text }) => text), { timeout: 300_000, interval: 500 })
        .toContainEqual(expect.stringContaining('staging is down'));
    } finally {
      await stage.close();
    }

    expect(await inventory(openstack)).toEqual(before);
  });
});
