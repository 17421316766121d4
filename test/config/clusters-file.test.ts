import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/clusters/duration.ts';
import { parseClustersFile } from '../../src/config/clusters-file.ts';

const valid = `
policy:
  request: [S0DEVELOPERS]
  approve: {from: [S0PLATFORM], count: 1, within: 90m}
clusters:
  staging:
    cloud: mycloud
    channel: C0DEPLOYS
    kubernetes: {version: v1.34.2, repository: ./kubernetes}
    image: {name: debian-12, file: images/debian.qcow2}
    keypair: {name: ops}
    controlPlane: {flavor: m1.medium}
    nodes: {count: 2, flavor: m1.small}
    network: {external: gateway, dns: [10.0.0.10]}
`;

function problemsOf(text: string): string[] {
  const problems: string[] = [];
  parseClustersFile(text, '/etc/slipway/clusters.yaml', problems);
  return problems;
}

describe('clusters.yaml', () => {
  it('fills in defaults and takes paths from its own folder', () => {
    const file = parseClustersFile(valid, '/etc/slipway/clusters.yaml', []);

    expect(file?.policy.approve).toEqual({ from: ['S0PLATFORM'], count: 1, self: false, withinMs: 5_400_000 });
    expect(file?.clusters.get('staging')).toMatchObject({
      name: 'staging',
      kubernetes: { source: 'build', target: 'quick-release', repository: '/etc/slipway/kubernetes' },
      image: { name: 'debian-12', format: 'qcow2', file: '/etc/slipway/images/debian.qcow2' },
      nodes: { count: 2, max: 2 },
      network: { cidr: '10.123.0.0/24' },
    });
  });

  it.each([
    ['an unknown key', valid.replace('cloud: mycloud', 'clowd: mycloud'), 'there is no key "clowd" here'],
    [
      'a key that is missing',
      valid.replace('flavor: m1.medium', ''),
      'clusters.staging.controlPlane.flavor: is missing',
    ],
    ['a key with nothing behind it', valid.replace('cloud: mycloud', 'cloud:'), 'clusters.staging.cloud: is empty'],
    ['a name that is no host name', valid.replace('staging:', 'Staging_1:'), 'lower-case'],
    [
      'a network that is none',
      valid.replace('external: gateway', 'external: gateway, cidr: 10.0.0.0'),
      '10.123.0.0/24',
    ],
    ['a maximum below the count', valid.replace('count: 2', 'count: 2, max: 1'), 'max must not be below count'],
    [
      'an image from a url without its digest',
      valid.replace('file: images/debian.qcow2', 'url: https://example.org/i'),
      'needs its sha512',
    ],
    ['an approval that nobody can give', valid.replace('from: [S0PLATFORM]', 'from: []'), 'nobody may approve'],
    [
      'a password in the url of an image',
      valid.replace('file: images/debian.qcow2', `url: https://me:secret@example.org/i, sha512: ${'a'.repeat(128)}`),
      'clusters.staging.image.url: an image’s url may hold no user and no password',
    ],
    [
      'a token as the user in the url of an image',
      valid.replace('file: images/debian.qcow2', `url: https://secret@example.org/i, sha512: ${'a'.repeat(128)}`),
      'may hold no user',
    ],
    [
      'a password in a URL',
      valid.replace('./kubernetes', 'https://me:secret@example.org/k.git'),
      'it has a password in it',
    ],
    ['a duration without a unit', valid.replace('90m', '90'), 'duration such as 30m'],
    ['something that is no YAML', 'clusters: [', 'not YAML'],
    ['a channel’s name instead of its id', valid.replace('C0DEPLOYS', '#deploys'), 'id of a Slack channel'],
  ])('names %s', (_what, text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected);
  });

  it('takes ranges that no cluster may have, with their reasons', () => {
    const text = `${valid}reservedCidrs: [{cidr: 10.0.0.0/8, reason: the office}, 192.168.1.1/32]\n`;

    expect(parseClustersFile(text, '/etc/slipway/clusters.yaml', [])?.reservedCidrs).toEqual([
      { cidr: '10.0.0.0/8', reason: 'the office' },
      { cidr: '192.168.1.1/32' },
    ]);
    expect(parseClustersFile(valid, '/etc/slipway/clusters.yaml', [])?.reservedCidrs).toEqual([]);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '2001:db8::/64', '{range: 10.0.0.0/8}', '{cidr: office}'])(
    'does not take %s for a range',
    (written) => {
      expect(problemsOf(`${valid}reservedCidrs: [${written}]\n`)).toEqual([
        expect.stringMatching(/reservedCidrs\.0(\.cidr)?: expected an IPv4 network such as 10\.0\.0\.0\/8/),
      ]);
    },
  );

  it('reports every problem at once', () => {
    const text = valid.replace('C0DEPLOYS', '#deploys').replace('count: 2', 'count: -1');

    expect(problemsOf(text)).toHaveLength(2);
  });
});

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['45m', 2_700_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['', undefined],
    ['1 h', undefined],
    ['h', undefined],
  ])('%j is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
