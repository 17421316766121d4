import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImage, deleteImage, uploadImage } from '../../src/openstack/glance/images.ts';
import { readConsoleLog } from '../../src/openstack/nova/console-log.ts';
import { listFlavors } from '../../src/openstack/nova/flavors.ts';
import { getLimits } from '../../src/openstack/nova/limits.ts';
import { novaHeaders } from '../../src/openstack/nova/microversion.ts';
import { listServerGroups } from '../../src/openstack/nova/server-groups.ts';
import { getServer, listServers } from '../../src/openstack/nova/servers.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { eventually, uniqueName } from './support.ts';

/** What Slipway reads of servers; it leaves the making of them to Heat, so that this contract makes its own. */
export function serversContract(cloud: () => OpenStack): void {
  describe('two servers that must not share a host, where there is one host', () => {
    const name = uniqueName('server');
    let imageId = '';
    let groupId = '';
    let first = '';
    let second = '';

    beforeAll(async () => {
      const { glance } = cloud();
      imageId = (await createImage(glance, { name, diskFormat: 'raw', containerFormat: 'bare' })).id;
      await uploadImage(glance, imageId, { content: () => Readable.from([Buffer.alloc(1024)]), size: 1024 });
      groupId = await makeGroup(cloud(), name);
      first = await makeServer(cloud(), `${name}-1`, { imageId, groupId });
    });
    afterAll(async () => {
      const { nova, glance } = cloud();
      for (const server of await listServers(nova)) {
        if (server.name.startsWith(name)) await remove(cloud(), ['servers', server.id]);
      }
      await remove(cloud(), ['os-server-groups', groupId]);
      await deleteImage(glance, imageId);
    });

    it('have no console while they are on no host, with the reason', async () => {
      const log = await readConsoleLog(cloud().nova, first, { lines: 2 });

      expect(log).toEqual({ text: undefined, reason: `Instance ${first} is not ready` });
    });

    it('leave the second in ERROR, with the reason', async () => {
      const { nova } = cloud();
      const built = await settled(cloud(), first);

      second = await makeServer(cloud(), `${name}-2`, { imageId, groupId });
      const failed = await settled(cloud(), second);

      expect(built).toMatchObject({ id: first, name: `${name}-1`, status: 'ACTIVE', imageId, addresses: [] });
      expect(built).not.toHaveProperty('fault');
      expect(failed).toMatchObject({ id: second, status: 'ERROR', fault: expect.stringMatching(/^No valid host/) });
      expect(await readConsoleLog(nova, second, { lines: 2 })).toMatchObject({ reason: expect.any(String) });
    });

    it('show the last lines of the console of the first', async () => {
      const { text } = await readConsoleLog(cloud().nova, first, { lines: 2 });

      expect(text?.trimEnd().split('\n')).toHaveLength(2);
    });

    it('are listed page by page, without the reason of the second, and by their exact names', async () => {
      const { nova } = cloud();

      const servers = await listServers(nova);
      const paged = await listServers(nova, { pageSize: 1 });

      expect(paged.map(({ id }) => id)).toEqual(expect.arrayContaining([first, second]));
      expect(servers.find(({ id }) => id === second)).not.toHaveProperty('fault');
      expect(await listServers(nova, { name: `${name}-1` })).toMatchObject([{ id: first }]);
      expect(await listServers(nova, { name })).toEqual([]);
      expect(await listServers(nova, { name: `${name}-1`.toUpperCase() })).toEqual([]);
    });

    it('are in a group, which is listed page by page too', async () => {
      const { nova } = cloud();

      const groups = await listServerGroups(nova, { pageSize: 1 });

      const group = groups.find(({ id }) => id === groupId);
      expect(group).toMatchObject({ name, policy: 'anti-affinity' });
      expect([...(group?.serverIds ?? [])].sort()).toEqual([first, second].sort());
    });

    it('count, with their group', async () => {
      const { servers, serverGroups } = await getLimits(cloud().nova);

      expect(servers.used).toBeGreaterThanOrEqual(2);
      expect(serverGroups.used).toBeGreaterThanOrEqual(1);
    });
  });
}

function settled({ nova }: OpenStack, id: string) {
  return eventually(async () => {
    const server = await getServer(nova, id);
    return server.status === 'BUILD' ? undefined : server;
  });
}

async function makeGroup({ nova }: OpenStack, name: string): Promise<string> {
  const made = await nova.post<{ server_group: { id: string } }>(['os-server-groups'], {
    doing: 'Creating a server group',
    ok: [200],
    headers: novaHeaders,
    body: { server_group: { name, policies: ['anti-affinity'] } },
  });
  return made.server_group.id;
}

async function makeServer(
  { nova }: OpenStack,
  name: string,
  { imageId, groupId }: { imageId: string; groupId: string },
): Promise<string> {
  const flavors = await listFlavors(nova);
  const [smallest] = flavors.sort((one, other) => one.ramMib - other.ramMib);
  const { server } = await nova.post<{ server: { id: string } }>(['servers'], {
    doing: 'Creating a server',
    ok: [202],
    headers: novaHeaders,
    body: {
      server: { name, imageRef: imageId, flavorRef: smallest?.id, networks: 'none' },
      'os:scheduler_hints': { group: groupId },
    },
  });
  return server.id;
}

async function remove({ nova }: OpenStack, path: readonly string[]): Promise<void> {
  await nova.delete(path, { doing: 'Removing what a test made', ok: [204, 404], headers: novaHeaders });
}
