import { afterAll, describe, expect, it } from 'vitest';
import { findFlavor, listFlavors } from '../../src/openstack/nova/flavors.ts';
import { listHypervisors } from '../../src/openstack/nova/hypervisors.ts';
import { createKeypair, deleteKeypair, findKeypair } from '../../src/openstack/nova/keypairs.ts';
import { getLimits } from '../../src/openstack/nova/limits.ts';
import { getConsoleLog, getServer, listServers } from '../../src/openstack/nova/servers.ts';
import { sshFingerprint } from '../../src/openstack/nova/ssh-fingerprint.ts';
import { newPublicKey } from './public-key.ts';
import { type ConnectTo, connection, uniqueName } from './support.ts';

const noSuchId = '00000000-0000-4000-8000-000000000000';

/** What Slipway relies on in Nova; servers are made by Heat, so they are in its contract. */
export function novaContract(connectTo: ConnectTo, connectAsOperator: ConnectTo): void {
  describe('Nova', () => {
    const cloud = connection(connectTo);
    const operator = connection(connectAsOperator);
    const name = uniqueName('key');

    afterAll(() => deleteKeypair(cloud().nova, name));

    it('imports a public key under a name, with the fingerprint that Slipway computes', async () => {
      const publicKey = newPublicKey();

      const created = await createKeypair(cloud().nova, { name, publicKey: `${publicKey}\n` });

      expect(created.fingerprint).toBe(sshFingerprint(publicKey));
      expect(await findKeypair(cloud().nova, name)).toMatchObject({ name, fingerprint: created.fingerprint });
    });

    it('refuses a second keypair of the name', async () => {
      const { nova } = cloud();
      const twice = uniqueName('twice');
      await createKeypair(nova, { name: twice, publicKey: newPublicKey() });

      const second = createKeypair(nova, { name: twice, publicKey: newPublicKey() });

      await expect(second).rejects.toMatchObject({ service: 'Nova', status: 409 });
      await deleteKeypair(nova, twice);
    });

    it('refuses a text that is no key', async () => {
      const refused = createKeypair(cloud().nova, { name: uniqueName('bad'), publicKey: 'not a key' });

      await expect(refused).rejects.toMatchObject({ service: 'Nova', status: 400 });
    });

    it('deletes a keypair, also one that is gone', async () => {
      const { nova } = cloud();
      const short = uniqueName('short');
      await createKeypair(nova, { name: short, publicKey: newPublicKey() });

      await deleteKeypair(nova, short);
      await deleteKeypair(nova, short);

      expect(await findKeypair(nova, short)).toBeUndefined();
    });

    it('lists flavors, page by page too, and finds them by name and id', async () => {
      const { nova } = cloud();
      const flavors = await listFlavors(nova);
      const [first] = flavors;

      const paged = await listFlavors(nova, { pageSize: 1 });

      expect(first).toMatchObject({ vcpus: expect.any(Number), ramMib: expect.any(Number) });
      expect(paged.map(({ name: flavor }) => flavor)).toEqual(flavors.map(({ name: flavor }) => flavor));
      expect(await findFlavor(nova, first?.name ?? '')).toEqual(first);
      expect(await findFlavor(nova, first?.id ?? '')).toEqual(first);
      expect(await findFlavor(nova, uniqueName('missing'))).toBeUndefined();
    });

    it('tells the quota of the project', async () => {
      const limits = await getLimits(cloud().nova);

      expect(limits.servers).toMatchObject({ used: expect.any(Number), max: expect.any(Number) });
      expect(limits.cores.used).toBeGreaterThanOrEqual(limits.servers.used);
    });

    it('has no server of an unknown name or id', async () => {
      const { nova } = cloud();

      expect(await listServers(nova, { name: uniqueName('missing') })).toEqual([]);
      await expect(getServer(nova, noSuchId)).rejects.toMatchObject({ service: 'Nova', status: 404 });
      await expect(getConsoleLog(nova, noSuchId, { lines: 5 })).rejects.toMatchObject({ status: 404 });
    });

    it('shows its hosts to operators only', async () => {
      const hosts = await listHypervisors(operator().nova);

      expect(hosts[0]).toMatchObject({ hostname: expect.any(String), state: 'up', status: 'enabled' });
      await expect(listHypervisors(cloud().nova)).rejects.toMatchObject({ status: 403 });
    });
  });
}
