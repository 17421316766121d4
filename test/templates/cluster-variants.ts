import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { stagingSpec } from '../support/fixtures.ts';

/** One cluster of many: what is different from a small ordinary one. */
export interface Variant {
  readonly what: string;
  /** Whether it is worth the time to make it in a real cloud as well. */
  readonly thorough?: boolean;
  change(spec: ClusterSpec): ClusterSpec;
}

/** The network that a variant with an existing one goes into, by name; a test makes it. */
export const existingNetwork = (cluster: string) => ({ network: `${cluster}-there`, subnet: `${cluster}-there` });

/** The range of that network. */
export const existingCidr = '10.79.0.0/24';

/**
 * Every switch of the templates both ways: the first has them all in one position. It is also the one that is made in
 * every cloud, and changed.
 */
export const variants: readonly Variant[] = [
  { what: 'a small cluster', change: (spec) => spec },
  {
    what: 'three control planes behind a load balancer',
    thorough: true,
    change: (spec) => ({
      ...spec,
      controlPlane: { ...spec.controlPlane, count: 3 },
      network: { ...spec.network, apiFrom: ['203.0.113.0/24'] },
    }),
  },
  {
    what: 'an existing network, and boot volumes of a type and of none',
    thorough: true,
    change: (spec) => ({
      ...spec,
      network: { ...spec.network, existing: existingNetwork(spec.name), cidr: existingCidr, dns: [] },
      controlPlane: { ...spec.controlPlane, bootVolume: { size: 20 } },
      nodes: { ...spec.nodes, bootVolume: { size: 30, type: '__DEFAULT__' } },
    }),
  },
  {
    what: 'three control planes in an existing network, without floating IP',
    change: (spec) => ({
      ...spec,
      controlPlane: { ...spec.controlPlane, count: 3 },
      network: {
        ...spec.network,
        existing: existingNetwork(spec.name),
        cidr: existingCidr,
        dns: [],
        floatingIp: false,
      },
    }),
  },
  {
    what: 'boot volumes, of none and of a type',
    change: (spec) => ({
      ...spec,
      controlPlane: { ...spec.controlPlane, bootVolume: { size: 20, type: '__DEFAULT__' } },
      nodes: { ...spec.nodes, bootVolume: { size: 30 } },
    }),
  },
  {
    what: 'floating IPs of nodes',
    change: (spec) => ({ ...spec, nodes: { ...spec.nodes, count: 2, floatingIps: true } }),
  },
  {
    what: 'ways in for others',
    change: (spec) => ({
      ...spec,
      network: {
        ...spec.network,
        apiFrom: ['203.0.113.0/24', '198.51.100.7/32'],
        rules: [
          { to: 'all', protocol: 'tcp', ports: [22, 22], from: '198.51.100.0/24' },
          { to: 'nodes', protocol: 'tcp', ports: [30_000, 32_767], from: '0.0.0.0/0' },
          { to: 'control-plane', protocol: 'icmp', from: '203.0.113.0/24' },
          { to: 'control-plane', protocol: 'tcp', ports: [6443, 6443], from: '203.0.113.0/24' },
        ],
      },
    }),
  },
  { what: 'no floating IP', change: (spec) => ({ ...spec, network: { ...spec.network, floatingIp: false } }) },
  { what: 'no server group', change: (spec) => ({ ...spec, serverGroup: 'none' }) },
  {
    what: 'availability zones',
    change: (spec) => ({
      ...spec,
      controlPlane: { ...spec.controlPlane, availabilityZone: 'nova' },
      nodes: { ...spec.nodes, availabilityZone: 'nova' },
    }),
  },
  {
    what: 'proxies',
    change: (spec) => ({
      ...spec,
      network: { ...spec.network, proxy: { http: 'http://proxy.example.org:3128', none: ['.example.org'] } },
    }),
  },
  {
    what: 'pods whose packets are routed',
    change: (spec) => ({
      ...spec,
      network: {
        ...spec.network,
        plugin: { name: 'calico', manifest: { file: '/srv/calico.yaml', sha512: '0'.repeat(128) } },
      },
    }),
  },
  { what: 'no nodes', change: (spec) => ({ ...spec, nodes: { ...spec.nodes, count: 0 } }) },
];

/** The spec of a variant, in a cloud whose external network is called `gateway`. */
export function variantSpec(name: string, variant: Variant): ClusterSpec {
  return variant.change({ ...stagingSpec, name });
}
