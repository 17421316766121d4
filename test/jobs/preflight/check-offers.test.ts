import { describe, expect, it } from 'vitest';
import { checkOffers } from '../../../jobs/preflight/check-offers.ts';
import type { Survey } from '../../../jobs/preflight/survey.ts';
import { stagingSpec } from '../../support/fixtures.ts';

const { controlPlane, nodes } = stagingSpec;
const three = { ...stagingSpec, controlPlane: { ...controlPlane, count: 3 } } as const;
const onVolumes = { ...stagingSpec, nodes: { ...nodes, bootVolume: { size: 20 } } };

/** What a cloud offers beside what every cloud does. */
function surveyOf(balancing: boolean, volumes: boolean): Survey {
  const limits = { volumes: { used: 0 }, gibibytes: { used: 0 }, snapshots: { used: 0 } };
  return {
    balancing: { seen: true, value: balancing },
    volumeLimits: { seen: true, value: volumes ? limits : undefined },
  } as Survey;
}

describe('services that not every cloud has', () => {
  it.each([
    ['a small cluster', stagingSpec, false, false, []],
    ['three control planes', three, true, false, []],
    [
      'three control planes',
      three,
      false,
      true,
      [/3 control planes need a load balancer, and the cloud offers no Octavia/],
    ],
    ['boot volumes', onVolumes, false, true, []],
    ['boot volumes', onVolumes, true, false, [/boot from volumes, and the cloud offers no Cinder/]],
  ])('are in the way of %s only when they are needed', (_what, spec, balancing, volumes, expected) => {
    const findings = checkOffers(spec, surveyOf(balancing, volumes));

    expect(findings.map(({ level }) => level)).toEqual(expected.map(() => 'problem'));
    for (const [index, text] of expected.entries()) expect(findings[index]?.text).toMatch(text);
  });
});
