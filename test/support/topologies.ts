import type {
  Topology,
  TopologyLoadBalancer,
  TopologyNetwork,
  TopologyServer,
  TopologyVolume,
} from '../../src/clusters/topology.ts';

/** A control plane with a floating IP, and a node, in a network of their own. */
export const smallTopology: Topology = {
  cluster: 'staging',
  seenAt: Date.UTC(2026, 6, 15, 12),
  external: { name: 'gateway' },
  router: { name: 'staging', state: 'ACTIVE', addresses: ['203.0.113.7'] },
  network: { name: 'staging', state: 'ACTIVE', cidrs: ['10.123.0.0/24'], own: true },
  loadBalancers: [],
  servers: [
    someServer({ name: 'staging-control-plane-0', role: 'control-plane', floatingIps: ['203.0.113.10'] }),
    someServer({ name: 'staging-node-0', addresses: ['10.123.0.6'] }),
  ],
  looseVolumes: [],
  unseen: [],
};

/** A server that is well. */
export function someServer(changes: Partial<TopologyServer> = {}): TopologyServer {
  return {
    name: 'staging-node-0',
    role: 'node',
    state: 'ACTIVE',
    flavor: 'm1.small',
    addresses: ['10.123.0.5'],
    floatingIps: [],
    volumes: [],
    ...changes,
  };
}

/** Numbers from 0 up to 1 that look like chance and are the same in every run (mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A topology of any size and shape, with names as long as services allow and of any characters. */
export function anyTopology(chance: () => number): Topology {
  const upTo = (most: number) => Math.floor(chance() * (most + 1));
  const one = <Item>(items: readonly Item[]) => items[upTo(items.length - 1)] as Item;
  const some = <Item>(most: number, make: (index: number) => Item) =>
    Array.from({ length: upTo(most) }, (_, i) => make(i));
  const name = () =>
    one([
      'W'.repeat(upTo(63)),
      'staging-node-0',
      'a-very-long-name-of-a-cluster-control-plane-0',
      '<script>alert("&")</script>',
      'ąŒ日本🛥 \u0007',
      '',
    ]);
  const address = () =>
    one(['10.123.0.5', '255.255.255.255', 'fd00:1234:5678:9abc:def0:1234:5678:9abc', '203.0.113.10']);
  const state = () => one(['ACTIVE', 'ERROR', 'BUILD', 'PENDING_UPDATE', 'SHELVED_OFFLOADED_AND_MORE_THAN_THAT']);
  const volume = (): TopologyVolume => ({ name: name(), size: upTo(20_000), state: one(['in-use', 'available']) });
  const server = (): TopologyServer => ({
    name: name(),
    role: one(['node', 'node', 'control-plane'] as const),
    state: state(),
    flavor: name(),
    addresses: some(5, address),
    floatingIps: some(4, address),
    volumes: some(4, volume),
  });
  const balancer = (): TopologyLoadBalancer => ({
    name: name(),
    serves: one(['api', 'service'] as const),
    state: state(),
    address: address(),
    floatingIps: some(3, address),
  });
  const network: TopologyNetwork = { name: name(), state: state(), cidrs: some(4, address), own: chance() < 0.5 };
  return {
    cluster: name(),
    seenAt: Math.floor(chance() * 2e12),
    ...(chance() < 0.8 && { external: { name: name() } }),
    ...(chance() < 0.7 && { router: { name: name(), state: state(), addresses: some(4, address) } }),
    ...(chance() < 0.9 && { network }),
    loadBalancers: some(8, balancer),
    servers: some(one([1, 4, 103]), server),
    looseVolumes: some(9, volume),
    unseen: some(3, () => ({ what: name(), why: `${name()} `.repeat(upTo(8)) })),
  };
}
