import { describe, expect, it } from 'vitest';
import { cidrFindings, dnsFindings, type NearbySubnet } from '../../src/clusters/network-fit.ts';

const wanted = {
  cidr: '10.123.0.0/24',
  dns: ['10.0.0.10'],
  pods: '10.244.0.0/16',
  services: '10.96.0.0/12',
};

function subnet(relation: NearbySubnet['relation'], cidr = '10.123.0.0/24', name = relation as string): NearbySubnet {
  return { name, cidr, relation };
}

describe('the range of a cluster', () => {
  it('is free where nothing is near', () => {
    expect(cidrFindings(wanted, [{ cidr: '10.0.0.0/16' }], [subnet('routed', '10.124.0.0/24')])).toEqual([]);
  });

  it.each([
    ['external', 'problem', /external network’s subnet external \(10\.123\.0\.0\/24\)/],
    ['routed', 'problem', /behind the same external network/],
    ['cluster', 'warning', /also the range of cluster .*side by side/],
    ['apart', 'warning', /not connected/],
  ] as const)('that overlaps a subnet which is %s is a %s', (relation, level, text) => {
    const findings = cidrFindings(wanted, [], [subnet(relation, '10.123.0.128/25'), subnet(relation, '10.9.0.0/24')]);

    expect(findings.map((finding) => finding.level)).toEqual([level]);
    expect(findings[0]?.text.replace('10.123.0.128/25', '10.123.0.0/24')).toMatch(text);
  });

  it('is in the way where it is reserved, with the reason', () => {
    const reserved = [{ cidr: '10.120.0.0/13', reason: 'the office' }, { cidr: '192.168.0.0/16' }];

    const findings = cidrFindings(wanted, reserved, []);

    expect(findings).toEqual([
      {
        level: 'problem',
        label: 'Network',
        text: '10.123.0.0/24 overlaps 10.120.0.0/13, which is reserved: the office',
        hint: 'Choose another network.cidr in clusters.yaml',
      },
    ]);
  });

  it('is not looked at where it exists, but those of pods and Services are', () => {
    const existing = { network: 'office', subnet: 'office' };
    const reserved = [{ cidr: '10.123.0.0/16' }, { cidr: '10.244.7.0/24' }, { cidr: '10.97.0.0/16' }];

    const findings = cidrFindings({ ...wanted, existing }, reserved, [subnet('routed')]);

    expect(findings).toMatchObject([
      {
        level: 'warning',
        text: '10.244.0.0/16, the range of pods, overlaps 10.244.7.0/24, which cannot be reached from the cluster then',
      },
      { level: 'warning', hint: expect.stringContaining('network.services') },
    ]);
  });

  it('names three of many clusters with the same range, and how many more there are', () => {
    const many = Array.from({ length: 17 }, (_, index) => subnet('cluster', '10.123.0.0/24', `c${index}`));

    const [finding] = cidrFindings(wanted, [], many);

    expect(finding?.text).toContain('c0 (10.123.0.0/24), c1 (10.123.0.0/24), c2 (10.123.0.0/24) and 14 more');
  });
});

describe('a resolver', () => {
  it.each([
    ['10.0.0.10', undefined],
    ['8.8.8.8', undefined],
    ['127.0.0.53', /loopback/],
    ['0.0.0.0', /no address of a server/],
    ['224.0.0.251', /no address of a server/],
    ['10.123.0.2', /the cluster’s own network/],
  ])('%s can be reached: %s', (address, why) => {
    const findings = dnsFindings({ ...wanted, dns: ['9.9.9.9', address] });

    expect(findings).toHaveLength(why === undefined ? 0 : 1);
    if (why !== undefined) expect(findings[0]?.text).toMatch(why);
  });
});
