import { describe, expect, it } from 'vitest';
import { listVolumeZones } from '../../src/openstack/cinder/availability-zones.ts';
import { getVolumeLimits } from '../../src/openstack/cinder/limits.ts';
import { deleteVolume, listVolumes } from '../../src/openstack/cinder/volumes.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type ConnectTo, connection, eventually, uniqueName } from './support.ts';

/** What Slipway relies on in Cinder, where there is one: a cloud without it says so, and needs nothing else. */
export function cinderContract(connectTo: ConnectTo): void {
  describe('Cinder', () => {
    const cloud = connection(connectTo);

    it('tells how many volumes the project may have, or is missed with a sentence', async () => {
      const { cinder, offers } = cloud();
      const limits = getVolumeLimits(cinder);

      if (!(await offers('cinder'))) {
        await expect(limits).rejects.toThrow(/offers no Cinder/);
        return;
      }
      const { volumes, gibibytes, snapshots } = await limits;
      for (const { used, max } of [volumes, gibibytes, snapshots]) {
        expect(used).toBeGreaterThanOrEqual(0);
        expect(max).toBeGreaterThan(0);
      }
    });

    it('lists the volumes of the project page by page, with what their maker noted, or is missed with a sentence', async () => {
      const { cinder, offers } = cloud();
      if (!(await offers('cinder'))) {
        await expect(listVolumes(cinder)).rejects.toThrow(/offers no Cinder/);
        return;
      }
      const cluster = uniqueName('cluster');
      const metadata = { 'cinder.csi.openstack.org/cluster': cluster };
      const ids = [await makeVolume(cloud(), 'pvc-1', metadata), await makeVolume(cloud(), '', metadata)];

      const [all, small] = await Promise.all([listVolumes(cinder), listVolumes(cinder, { pageSize: 1 })]);

      const mine = all.filter((volume) => volume.metadata['cinder.csi.openstack.org/cluster'] === cluster);
      expect(mine.map(({ id, name, size }) => [id, name, size])).toEqual(
        expect.arrayContaining([
          [ids[0], 'pvc-1', 1],
          [ids[1], '', 1],
        ]),
      );
      expect(mine).toHaveLength(2);
      expect(mine.map(({ attachedTo }) => attachedTo)).toEqual([[], []]);
      expect(small.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
      for (const id of ids) await deleteVolume(cinder, id);
      await eventually(async () => {
        const left = (await listVolumes(cinder)).filter(({ id }) => ids.includes(id));
        return left.length === 0 ? true : undefined;
      });
      for (const id of ids) await deleteVolume(cinder, id); // gone is success
    });

    it('has a zone that is available, or is missed with a sentence', async () => {
      const { cinder, offers } = cloud();
      const zones = listVolumeZones(cinder);

      if (!(await offers('cinder'))) {
        await expect(zones).rejects.toThrow(/offers no Cinder/);
        return;
      }
      expect(await zones).toContainEqual({ name: 'nova', available: true });
    });
  });
}

/** As no client function makes it: the Cinder CSI driver does that. */
async function makeVolume({ cinder }: OpenStack, name: string, metadata: object): Promise<string> {
  const { volume } = await cinder.post<{ volume: { id: string } }>(['volumes'], {
    doing: 'Creating a volume',
    ok: [202],
    body: { volume: { name, size: 1, metadata } },
  });
  await eventually(async () => {
    const made = (await listVolumes(cinder)).find(({ id }) => id === volume.id);
    return made?.status === 'available' || made?.status === 'error' ? true : undefined;
  });
  return volume.id;
}
