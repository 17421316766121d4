import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { parseClustersFile } from '../../src/config/clusters-file.ts';

const digest = 'a'.repeat(128);

/** A clusters.yaml with one cluster, whose lines may be others. */
function clusters(changes: Record<string, string> = {}): string {
  const keys: Record<string, string> = {
    channel: 'C0DEPLOYS',
    kubernetes: '{version: v1.34.2}',
    image: '{name: debian-12}',
    keypair: '{name: ops}',
    controlPlane: '{flavor: m1.medium}',
    nodes: '{count: 2, flavor: m1.small}',
    network: '{external: gateway, dns: [10.0.0.10]}',
    ...changes,
  };
  const lines = Object.entries(keys).map(([key, value]) => `    ${key}: ${value}\n`);
  return `policy: {request: [S0DEV], approve: {count: 0}}\nclusters:\n  staging:\n${lines.join('')}`;
}

function specOf(changes: Record<string, string> = {}): ClusterSpec {
  const problems: string[] = [];
  const spec = parseClustersFile(clusters(changes), '/etc/slipway/clusters.yaml', problems)?.clusters.get('staging');
  if (spec === undefined) throw new Error(problems.join('\n'));
  return spec;
}

function problemsOf(changes: Record<string, string>): string {
  const problems: string[] = [];
  parseClustersFile(clusters(changes), '/etc/slipway/clusters.yaml', problems);
  return problems.join('\n');
}

/** A network with more said of it. */
function network(more: string): Record<string, string> {
  return { network: `{external: gateway, dns: [10.0.0.10], ${more}}` };
}

describe('a cluster of clusters.yaml', () => {
  it('is by default what most people want', () => {
    expect(specOf()).toMatchObject({
      controlPlane: { count: 1, flavor: 'm1.medium' },
      nodes: { count: 2, max: 2, flavor: 'm1.small', floatingIps: false },
      serverGroup: 'soft-anti-affinity',
      network: {
        cidr: '10.123.0.0/24',
        floatingIp: true,
        apiFrom: ['0.0.0.0/0'],
        rules: [],
        pods: '10.244.0.0/16',
        services: '10.96.0.0/12',
        plugin: { name: 'flannel' },
      },
      cloudProvider: { controller: true, volumes: true, storageClass: true },
      cloudConfig: {},
    });
    expect(specOf()).not.toHaveProperty('imageRepository');
    expect(specOf().network).not.toHaveProperty('existing');
  });

  it('may have three control planes, zones, boot volumes and addresses of nodes', () => {
    const spec = specOf({
      controlPlane: '{count: 3, flavor: m1.medium, availabilityZone: az1, bootVolume: {size: 40, type: ssd}}',
      nodes: '{count: 2, flavor: m1.small, floatingIps: true, bootVolume: {size: 30}}',
      serverGroup: 'none',
    });

    expect(spec.controlPlane).toEqual({
      count: 3,
      flavor: 'm1.medium',
      availabilityZone: 'az1',
      bootVolume: { size: 40, type: 'ssd' },
    });
    expect(spec.nodes).toEqual({ count: 2, max: 2, flavor: 'm1.small', floatingIps: true, bootVolume: { size: 30 } });
    expect(spec.serverGroup).toBe('none');
  });

  it('may go into a network that is there', () => {
    const { network: parsed } = specOf({
      network: '{external: gateway, existing: {network: office, subnet: lab}, cidr: 192.168.7.0/24, floatingIp: false}',
    });

    expect(parsed).toMatchObject({
      existing: { network: 'office', subnet: 'lab' },
      cidr: '192.168.7.0/24',
      dns: [],
      floatingIp: false,
    });
  });

  it('lets in whom it names', () => {
    const { network: parsed } = specOf(
      network(
        'api: {from: [203.0.113.0/24, 198.51.100.7/32]}, rules: [{to: all, protocol: tcp, ports: 22, from: 10.0.0.0/8}, {to: nodes, protocol: udp, ports: 30000-32767, from: 0.0.0.0/0}, {to: control-plane, protocol: icmp, from: 10.0.0.0/8}]',
      ),
    );

    expect(parsed.apiFrom).toEqual(['203.0.113.0/24', '198.51.100.7/32']);
    expect(parsed.rules).toEqual([
      { to: 'all', protocol: 'tcp', ports: [22, 22], from: '10.0.0.0/8' },
      { to: 'nodes', protocol: 'udp', ports: [30_000, 32_767], from: '0.0.0.0/0' },
      { to: 'control-plane', protocol: 'icmp', from: '10.0.0.0/8' },
    ]);
  });

  it('takes another network plugin with its manifest, a proxy, and a registry', () => {
    const spec = specOf({
      ...network(
        `pods: 10.200.0.0/16, services: 10.201.0.0/16, plugin: {name: calico, manifest: {file: ./calico.yaml, sha512: ${digest}}}, proxy: {http: "http://proxy.example.org:3128", none: [.example.org, 10.0.0.0/8]}`,
      ),
      images: '{repository: registry.example.org:5000/k8s}',
    });

    expect(spec.network).toMatchObject({
      pods: '10.200.0.0/16',
      services: '10.201.0.0/16',
      plugin: { name: 'calico', manifest: { file: '/etc/slipway/calico.yaml', sha512: digest } },
      proxy: { http: 'http://proxy.example.org:3128', none: ['.example.org', '10.0.0.0/8'] },
    });
    expect(spec.imageRepository).toBe('registry.example.org:5000/k8s');
    expect(specOf(network('plugin: none')).network.plugin).toEqual({ name: 'none' });
  });

  it.each([
    ['false', { controller: false, volumes: false, storageClass: false }],
    ['{controller: false}', { controller: false, volumes: false, storageClass: false }],
    ['{volumes: false}', { controller: true, volumes: false, storageClass: false }],
    ['{storageClass: false}', { controller: true, volumes: true, storageClass: false }],
    ['true', { controller: true, volumes: true, storageClass: true }],
  ])('has of the cloud provider, with %s, what can work', (written, expected) => {
    expect(specOf({ cloudProvider: written }).cloudProvider).toEqual(expected);
  });

  it('has sections and keys of cloud.conf, those of old files as well', () => {
    const written =
      '{Global: {tenant-id: abc, tenant-name: demo, domain-name: Default}, LoadBalancer: {lb-version: v2, monitor-delay: 5, create-monitor: true}, LoadBalancerClass "internal": {network-id: xyz}}';

    expect(specOf({ cloudConfig: written }).cloudConfig).toEqual({
      Global: { 'tenant-id': 'abc', 'tenant-name': 'demo', 'domain-name': 'Default' },
      LoadBalancer: { 'lb-version': 'v2', 'monitor-delay': '5', 'create-monitor': 'true' },
      'LoadBalancerClass "internal"': { 'network-id': 'xyz' },
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['two control planes', { controlPlane: '{count: 2, flavor: a}' }, 'controlPlane.count: expected 1, or 3'],
    ['a zone with a blank', { nodes: '{count: 1, flavor: a, availabilityZone: "a b"}' }, 'nodes.availabilityZone'],
    [
      'a zone with a host',
      { nodes: '{count: 1, flavor: a, availabilityZone: "nova:host1"}' },
      'without blanks and colons',
    ],
    [
      'a volume without a size',
      { nodes: '{count: 1, flavor: a, bootVolume: {type: ssd}}' },
      'bootVolume.size: is missing',
    ],
    ['an unknown policy', { serverGroup: 'apart' }, 'serverGroup'],
    ['no resolver', { network: '{external: gateway}' }, 'network.dns: expected at least one resolver'],
    [
      'resolvers of an existing subnet',
      { network: '{external: g, existing: {network: a, subnet: b}, cidr: 10.1.0.0/24, dns: [10.0.0.1]}' },
      'network.dns: an existing subnet tells its servers of its own resolvers',
    ],
    [
      'an existing subnet without its range',
      { network: '{external: g, existing: {network: a, subnet: b}}' },
      'network.cidr: is missing: the range of the existing subnet b',
    ],
    [
      'an existing network without a subnet',
      { network: '{external: g, existing: {network: a}, cidr: 10.1.0.0/24}' },
      'network.existing.subnet: is missing',
    ],
    ['pods among the servers', network('pods: 10.123.0.0/16'), 'network.pods: 10.123.0.0/16 overlaps network.cidr'],
    [
      'services among the pods',
      network('services: 10.244.0.0/16'),
      'network.services: 10.244.0.0/16 overlaps network.pods',
    ],
    [
      'servers among the services',
      network('cidr: 10.96.0.0/24'),
      'network.services: 10.96.0.0/12 overlaps network.cidr',
    ],
    [
      'services without room',
      network('services: 10.96.0.0/28'),
      'network.services: expected a range between /12 and /27',
    ],
    [
      'pods without room',
      network('pods: 10.244.0.0/24'),
      'network.pods: 10.244.0.0/24 has room for the pods of 1 servers',
    ],
    ['a network of one address', network('cidr: 10.123.0.7/32'), 'network.cidr: expected an IPv4 network'],
    ['an address for a network', network('api: {from: [203.0.113.9]}'), 'network.api.from.0: expected an IPv4 network'],
    ['bits of a host', network('api: {from: [203.0.113.9/24]}'), 'write 203.0.113.0/24'],
    ['an API for nobody', network('api: {from: []}'), 'expected at least one network'],
    [
      'a rule without ports',
      network('rules: [{to: all, protocol: tcp, from: 10.0.0.0/8}]'),
      'rules.0.ports: is missing',
    ],
    ['ports of icmp', network('rules: [{to: all, protocol: icmp, ports: 1, from: 10.0.0.0/8}]'), 'icmp has no ports'],
    [
      'ports the wrong way round',
      network('rules: [{to: all, protocol: tcp, ports: 9-8, from: 10.0.0.0/8}]'),
      'a port such as 22',
    ],
    [
      'a port that is none',
      network('rules: [{to: all, protocol: tcp, ports: 70000, from: 10.0.0.0/8}]'),
      'a port such as 22',
    ],
    ['a plugin without its manifest', network('plugin: calico'), 'expected flannel, none, or {name: calico or cilium'],
    [
      'a manifest without its digest',
      network('plugin: {name: calico, manifest: {file: a}}'),
      'manifest.sha512: is missing',
    ],
    [
      'a manifest of flannel',
      network(`plugin: {name: flannel, manifest: {file: a, sha512: ${digest}}}`),
      'expected flannel, none, or {name: calico or cilium',
    ],
    [
      'a proxy with a password',
      network('proxy: {http: "http://me:secret@proxy:3128"}'),
      'may hold no user and no password',
    ],
    ['no proxy at all', network('proxy: {none: [a]}'), 'give http, https or both'],
    ['two hosts in one', network('proxy: {http: "http://proxy:3128", none: ["a,b"]}'), 'expected a host, a domain'],
    ['a registry with its scheme', { images: '{repository: "https://registry.example.org"}' }, 'without https://'],
    [
      'volumes without the controller',
      { cloudProvider: '{controller: false, volumes: true}' },
      'volumes need the controller',
    ],
    [
      'a storage class without volumes',
      { cloudProvider: '{volumes: false, storageClass: true}' },
      'a storage class needs volumes',
    ],
    [
      'load balancers of Neutron',
      { cloudConfig: '{LoadBalancer: {lb-version: v1}}' },
      'cloudConfig.LoadBalancer.lb-version: Neutron’s own load balancers (LBaaS v1) are gone from OpenStack; leave the key out',
    ],
    ['a password', { cloudConfig: '{Global: {password: x}}' }, 'a secret may not be in clusters.yaml'],
    ['a credential’s secret', { cloudConfig: '{Global: {application-credential-secret: x}}' }, 'a secret may not'],
    ['a trustee’s password', { cloudConfig: '{Global: {trustee-password: x}}' }, 'a secret may not'],
    ['a token', { cloudConfig: '{Global: {token: x}}' }, 'a secret may not'],
    ['two lines in one', { cloudConfig: '{Global: {region: "a\\nb"}}' }, 'expected one line'],
    ['a section that is none', { cloudConfig: '{"Global]": {region: a}}' }, 'expected a section'],
    ['a key that is none', { cloudConfig: '{Global: {"a = b": c}}' }, 'expected a key of cloud.conf'],
    [
      'a file under the name of the manifest',
      { firstBoot: `{files: [{name: cni-calico.yaml, file: a, sha512: ${digest}}]}` },
      'this name is taken',
    ],
  ])('names %s', (_what, changes, expected) => {
    expect(problemsOf(changes)).toContain(expected);
  });
});

describe('how long a cluster is there', () => {
  const hour = 3_600_000;

  it.each<[string, string, object]>([
    ['a usual time and a limit', '{default: 8h, max: 72h}', { defaultMs: 8 * hour, maxMs: 72 * hour }],
    ['a limit alone', '{max: 2d}', { maxMs: 48 * hour }],
    ['no end', '{}', {}],
  ])('is %s', (_what, lifetime, expected) => {
    expect(specOf({ lifetime })).toMatchObject({ lifetime: expected, protected: false });
  });

  it('is for ever where the file says nothing, or that the cluster is protected', () => {
    expect(specOf().lifetime).toEqual({});
    expect(specOf({ protected: 'true' }).protected).toBe(true);
  });

  it.each([
    ['{default: 3d, max: 2d}', 'clusters.staging.lifetime: the default is longer than max allows'],
    ['{default: soon}', 'clusters.staging.lifetime.default: expected a duration such as 30m or 1h'],
    ['{usual: 8h}', 'clusters.staging.lifetime: there is no key "usual" here'],
  ])('is refused: %s', (lifetime, problem) => {
    expect(problemsOf({ lifetime })).toContain(problem);
  });
});

describe('how long servers have for their first boot', () => {
  it('is left to Slipway, or said', () => {
    expect(specOf().firstBoot.withinMs).toBeUndefined();
    expect(specOf({ firstBoot: '{within: 1h}' }).firstBoot.withinMs).toBe(3_600_000);
  });

  it.each(['4m', '7h'])('has limits: %s', (within) => {
    expect(problemsOf({ firstBoot: `{within: ${within}}` })).toContain('firstBoot.within: expected between 5m and 6h');
  });
});
