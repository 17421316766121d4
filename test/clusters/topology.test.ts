import { describe, expect, it } from 'vitest';
import { assembleTopology, type TopologySight } from '../../src/clusters/topology.ts';

/** What a project has in which there is another cluster, too. */
function sight(changes: Partial<TopologySight> = {}): TopologySight {
  return {
    cluster: 'staging',
    clusterId: 'staging-1',
    seenAt: 7,
    resources: [
      { type: 'OS::Neutron::Net', id: 'net' },
      { type: 'OS::Neutron::Router', id: 'router' },
      { type: 'OS::Neutron::Port', id: 'port-0' },
      { type: 'OS::Neutron::FloatingIP', id: 'fip' },
      { type: 'OS::Nova::Server', id: 'node-1' },
      { type: 'OS::Nova::Server', id: 'plane-0' },
      { type: 'OS::Nova::Server', id: '' },
    ],
    networks: [network('gateway', 'public'), network('net', 'staging'), network('other', 'production')],
    subnets: [
      { id: 'sub', networkId: 'net', cidr: '10.123.0.0/24' },
      { id: 'sub-other', networkId: 'other', cidr: '10.9.0.0/24' },
    ],
    routers: [router('router-other', 'production'), router('router', 'staging')],
    ports: [port('port-0', 'plane-0'), port('port-1', 'node-1'), port('leg', 'router')],
    floatingIps: [floatingIp('fip', '203.0.113.10', 'port-0'), floatingIp('fip-other', '203.0.113.99', 'port-99')],
    servers: [server('node-1', 'node'), server('plane-0', 'control-plane'), server('stranger', 'node')],
    loadBalancers: [],
    volumes: [],
    unseen: [],
    ...changes,
  };
}

const network = (id: string, name: string) => ({ id, name, status: 'ACTIVE' });
const router = (id: string, name: string) => ({
  id,
  name,
  status: 'ACTIVE',
  externalNetworkId: 'gateway',
  externalAddresses: ['203.0.113.7'],
});
const port = (id: string, deviceId: string, networkId = 'net') => ({
  id,
  networkId,
  deviceId,
  deviceOwner: '',
  addresses: [{ subnetId: networkId === 'net' ? 'sub' : 'sub-other' }],
});
const floatingIp = (id: string, address: string, portId: string, description = '') => ({
  id,
  address,
  portId,
  description,
  externalNetworkId: 'gateway',
});
const server = (id: string, role: string) => ({
  id,
  name: `staging-${id}`,
  status: 'ACTIVE',
  flavor: 'm1.small',
  addresses: [{ address: `address of ${id}`, kind: 'fixed' as const }],
  metadata: { slipway_role: role },
});
const volume = (id: string, attachedTo: readonly string[], cluster?: string) => ({
  id,
  name: `volume ${id}`,
  size: 8,
  status: attachedTo.length > 0 ? 'in-use' : 'available',
  metadata: { ...(cluster !== undefined && { 'cinder.csi.openstack.org/cluster': cluster }) },
  attachedTo,
});
const balancer = (id: string, name: string, changes: object = {}) => ({
  id,
  name,
  provisioningStatus: 'ACTIVE',
  operatingStatus: 'ONLINE',
  address: '10.123.0.9',
  portId: `port of ${id}`,
  ...changes,
});

describe('assembleTopology', () => {
  it('takes what the stack has made, control planes first, and nothing of other clusters', () => {
    expect(assembleTopology(sight())).toEqual({
      cluster: 'staging',
      seenAt: 7,
      external: { name: 'public' },
      router: { name: 'staging', state: 'ACTIVE', addresses: ['203.0.113.7'] },
      network: { name: 'staging', state: 'ACTIVE', cidrs: ['10.123.0.0/24'], own: true },
      loadBalancers: [],
      servers: [
        {
          name: 'staging-plane-0',
          role: 'control-plane',
          state: 'ACTIVE',
          flavor: 'm1.small',
          addresses: ['address of plane-0'],
          floatingIps: ['203.0.113.10'],
          volumes: [],
        },
        expect.objectContaining({ name: 'staging-node-1', role: 'node', floatingIps: [] }),
      ],
      looseVolumes: [],
      unseen: [],
    });
  });

  it('finds an existing network by the cluster’s ports, with its subnet there and the router that has a leg in it', () => {
    const seen = sight();
    const ports = [port('port-0', 'plane-0', 'other'), port('leg', 'router-other', 'other')];
    const resources = seen.resources.filter(({ type }) => !/Net$|Router$/.test(type));
    const subnets = [...seen.subnets, { id: 'sub-unused', networkId: 'other', cidr: '10.8.0.0/24' }];

    expect(assembleTopology({ ...seen, resources, ports, subnets })).toMatchObject({
      router: { name: 'production' },
      network: { name: 'production', own: false, cidrs: ['10.9.0.0/24'] },
    });
  });

  it('knows the way out by a floating IP where the router is not to be seen', () => {
    const topology = assembleTopology(sight({ routers: [] }));

    expect(topology.external).toEqual({ name: 'public' });
    expect(topology).not.toHaveProperty('router');
  });

  it('names an external network by its id where its name is not to be seen', () => {
    expect(assembleTopology(sight({ networks: [network('net', 'staging')] })).external).toEqual({ name: 'gateway' });
  });

  it('takes Nova’s word for a floating IP that Neutron does not tell, and names none twice', () => {
    const told = {
      ...server('plane-0', 'control-plane'),
      addresses: [{ address: '203.0.113.10', kind: 'floating' as const }],
    };

    const both = assembleTopology(sight({ servers: [told] }));
    const alone = assembleTopology(sight({ servers: [told], floatingIps: [] }));

    expect([both, alone].map(({ servers }) => servers[0]?.floatingIps)).toEqual([['203.0.113.10'], ['203.0.113.10']]);
  });

  it('takes the load balancer of the API, and those of the cluster’s Services', () => {
    const resources = [...sight().resources, { type: 'OS::Octavia::LoadBalancer', id: 'api' }];
    const loadBalancers = [
      balancer('web', 'kube_service_staging-1_default_web', { provisioningStatus: 'PENDING_UPDATE' }),
      balancer('api', 'staging-api'),
      balancer('theirs', 'kube_service_staging-2_default_web'),
    ];
    const floatingIps = [floatingIp('web', '203.0.113.11', 'port of web')];

    expect(assembleTopology(sight({ resources, loadBalancers, floatingIps })).loadBalancers).toEqual([
      { name: 'staging-api', serves: 'api', state: 'ONLINE', address: '10.123.0.9', floatingIps: [] },
      expect.objectContaining({ serves: 'service', state: 'PENDING_UPDATE', floatingIps: ['203.0.113.11'] }),
    ]);
  });

  it('puts volumes with their servers, and apart those of the cluster that no server has', () => {
    const volumes = [
      volume('boot', ['node-1']),
      volume('theirs', ['stranger']),
      volume('loose', [], 'staging-1'),
      volume('of-another', [], 'staging-2'),
    ];

    const topology = assembleTopology(sight({ volumes }));

    expect(topology.servers.map((one) => one.volumes.map(({ name }) => name))).toEqual([[], ['volume boot']]);
    expect(topology.looseVolumes).toEqual([{ name: 'volume loose', size: 8, state: 'available' }]);
  });

  it('is of servers alone where Neutron tells nothing', () => {
    const nothing = { networks: [], subnets: [], routers: [], ports: [], floatingIps: [] };

    const topology = assembleTopology(sight({ ...nothing, unseen: [{ what: 'networks', why: 'Neutron is away' }] }));

    expect(topology.servers).toHaveLength(2);
    expect(topology).not.toHaveProperty('network');
    expect(topology.unseen).toEqual([{ what: 'networks', why: 'Neutron is away' }]);
  });
});
