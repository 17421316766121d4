import { afterAll, describe, expect, it } from 'vitest';
import { listAvailabilityZones } from '../../src/openstack/nova/availability-zones.ts';
import { readConsoleLog } from '../../src/openstack/nova/console-log.ts';
import { listFlavors, pickFlavor } from '../../src/openstack/nova/flavors.ts';
import { listHypervisors } from '../../src/openstack/nova/hypervisors.ts';
import { createKeypair, deleteKeypair, findKeypair, listKeypairs } from '../../src/openstack/nova/keypairs.ts';
import { getLimits } from '../../src/openstack/nova/limits.ts';
import { isSameKey } from '../../src/openstack/nova/same-key.ts';
import { getServer, listServers } from '../../src/openstack/nova/servers.ts';
import { sshFingerprint } from '../../src/openstack/nova/ssh-fingerprint.ts';
import { serversContract } from './nova-servers.ts';
import { type KeyType, newPublicKey } from './public-key.ts';
import { type ConnectTo, connection, uniqueName } from './support.ts';

const noSuchId = '00000000-0000-4000-8000-000000000000';

/** What Slipway relies on in Nova. */
export function novaContract(connectTo: ConnectTo, connectAsOperator: ConnectTo): void {
  describe('Nova', () => {
    const cloud = connection(connectTo);
    const operator = connection(connectAsOperator);
    const name = uniqueName('key');

    afterAll(async () => {
      const { nova } = cloud();
      for (const keypair of await listKeypairs(nova)) {
        if (keypair.name.startsWith(name)) await deleteKeypair(nova, keypair.name);
      }
    });

    it.each<KeyType>(['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256'])(
      'imports a public key of the type %s under a name, with the fingerprint that Slipway computes',
      async (type) => {
        const publicKey = newPublicKey(type);
        const named = `${name}-${type}`;

        const created = await createKeypair(cloud().nova, { name: named, publicKey: `${publicKey}\n` });

        const found = await findKeypair(cloud().nova, named);
        expect(created).toMatchObject({ name: named, type: 'ssh', fingerprint: sshFingerprint(publicKey) });
        expect(found).toEqual(created);
        expect(isSameKey(found?.publicKey ?? '', publicKey)).toBe(true);
      },
    );

    it('imports a key whose line has blanks too many, which Nova itself would misread', async () => {
      const publicKey = newPublicKey();
      const named = `${name}-blanks`;

      const created = await createKeypair(cloud().nova, { name: named, publicKey: publicKey.replaceAll(' ', '  ') });

      expect(created.fingerprint).toBe(sshFingerprint(publicKey));
    });

    it('refuses a second keypair of the name, also in capital letters', async () => {
      const { nova } = cloud();
      const twice = `${name}-twice`;
      await createKeypair(nova, { name: twice, publicKey: newPublicKey() });

      for (const again of [twice, twice.toUpperCase()]) {
        const second = createKeypair(nova, { name: again, publicKey: newPublicKey() });
        await expect(second).rejects.toMatchObject({ service: 'Nova', status: 409 });
        expect(await findKeypair(nova, again)).toMatchObject({ name: twice });
      }
    });

    it.each([
      ['a text that is no key', 'bad', 'not a key', 'fingerprint'],
      ['a name of other characters', 'a.b@c', newPublicKey(), "'name'"],
    ])('refuses %s', async (_case, end, publicKey, reason) => {
      const refused = createKeypair(cloud().nova, { name: `${name}-${end}`, publicKey });

      await expect(refused).rejects.toMatchObject({ service: 'Nova', status: 400 });
      await expect(refused).rejects.toThrow(reason);
    });

    it('deletes a keypair, also one that is gone', async () => {
      const { nova } = cloud();
      const short = `${name}-short`;
      await createKeypair(nova, { name: short, publicKey: newPublicKey() });

      await deleteKeypair(nova, short);
      await deleteKeypair(nova, short);

      expect(await findKeypair(nova, short)).toBeUndefined();
    });

    it('lists the keypairs of the user, page by page too, and counts them', async () => {
      const { nova } = cloud();
      const mine = async (pageSize?: number) => {
        const keypairs = await listKeypairs(nova, pageSize === undefined ? {} : { pageSize });
        return keypairs.filter((keypair) => keypair.name.startsWith(name));
      };

      const all = await mine();
      const paged = await mine(1);

      const { keypairs } = await getLimits(nova);
      expect(all.length).toBeGreaterThanOrEqual(5);
      expect(paged).toEqual(all);
      expect(keypairs.used).toBeGreaterThanOrEqual(all.length);
    });

    it('lists flavors, page by page too, and finds them by name and id', async () => {
      const { nova } = cloud();
      const flavors = await listFlavors(nova);
      const [first] = flavors;

      const paged = await listFlavors(nova, { pageSize: 1 });

      expect(first).toEqual({
        id: expect.any(String),
        name: expect.any(String),
        vcpus: expect.any(Number),
        ramMib: expect.any(Number),
        diskGib: expect.any(Number),
        ephemeralGib: 0,
        public: true,
      });
      expect(paged).toEqual(flavors);
      expect(pickFlavor(flavors, first?.name ?? '')).toEqual(first);
      expect(pickFlavor(flavors, first?.id ?? '')).toEqual(first);
      expect(pickFlavor(flavors, uniqueName('missing'))).toBeUndefined();
    });

    it('tells the quota of the project', async () => {
      const limits = await getLimits(cloud().nova);

      const { serverGroupMembers, ...counted } = limits;
      for (const { used, max } of Object.values(counted)) {
        expect(used).toBeGreaterThanOrEqual(0);
        expect(max).toBeGreaterThan(0);
      }
      expect(serverGroupMembers).toEqual({ max: expect.any(Number) });
      expect(limits.cores.used).toBeGreaterThanOrEqual(limits.servers.used);
    });

    it('has a zone for servers that is available, and no list of its own inner ones', async () => {
      expect(await listAvailabilityZones(cloud().nova)).toEqual([{ name: 'nova', available: true }]);
    });

    it('has no server of an unknown name or id', async () => {
      const { nova } = cloud();

      expect(await listServers(nova, { name: uniqueName('missing') })).toEqual([]);
      await expect(getServer(nova, noSuchId)).rejects.toMatchObject({ service: 'Nova', status: 404 });
      expect(await readConsoleLog(nova, noSuchId, { lines: 5 })).toEqual({
        text: undefined,
        reason: `Instance ${noSuchId} could not be found.`,
      });
    });

    it('shows its hosts to operators only', async () => {
      const hosts = await listHypervisors(operator().nova);

      expect(hosts[0]).toMatchObject({ hostname: expect.any(String), state: 'up', status: 'enabled' });
      await expect(listHypervisors(cloud().nova)).rejects.toMatchObject({ status: 403 });
    });

    serversContract(cloud);
  });
}
