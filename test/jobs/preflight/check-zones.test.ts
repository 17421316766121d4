import { describe, expect, it } from 'vitest';
import { checkZones } from '../../../jobs/preflight/check-zones.ts';
import type { Survey } from '../../../jobs/preflight/survey.ts';
import { stagingSpec } from '../../support/fixtures.ts';

const zones = [
  { name: 'az1', available: true },
  { name: 'az2', available: false },
  { name: 'az3', available: true },
];
const survey = {
  zones: { seen: true, value: zones },
  volumeZones: { seen: true, value: [{ name: 'az1', available: true }] },
} as unknown as Survey;

function nodesIn(availabilityZone: string, bootVolume?: { size: number }) {
  return { ...stagingSpec, nodes: { ...stagingSpec.nodes, availabilityZone, ...(bootVolume && { bootVolume }) } };
}

describe('an availability zone', () => {
  it('is not missed by who names none', () => {
    expect(checkZones(stagingSpec, survey)).toEqual([]);
  });

  it('is taken where it is up, for a boot volume as well', () => {
    expect(checkZones(nodesIn('az1', { size: 20 }), survey)).toEqual([]);
  });

  it.each([
    ['az2', 'No host of az2 is up'],
    ['az9', 'The cloud has no availability zone az9'],
  ])('%s is in the way, with those that are not', (zone, text) => {
    expect(checkZones(nodesIn(zone), survey)).toMatchObject([
      {
        level: 'problem',
        text,
        hint: expect.stringContaining('nodes.availabilityZone in clusters.yaml to one of: az1, az3'),
      },
    ]);
  });

  it('that Cinder does not know is a warning for a boot volume, and none without', () => {
    expect(checkZones(nodesIn('az3'), survey)).toEqual([]);
    expect(checkZones(nodesIn('az3', { size: 20 }), survey)).toMatchObject([
      { level: 'warning', text: 'Cinder has no zone az3 for boot volumes' },
    ]);
  });
});
