import { describe, expect, it } from 'vitest';
import { listVolumeZones } from '../../src/openstack/cinder/availability-zones.ts';
import { getVolumeLimits } from '../../src/openstack/cinder/limits.ts';
import { type ConnectTo, connection } from './support.ts';

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
