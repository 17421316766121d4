import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import {
  nodeSettings,
  parseStackLabel,
  parseStackOutputs,
  stackLabel,
  stackParameters,
} from '../../src/clusters/stack.ts';
import { deploymentAfter, requestedStaging } from '../support/fixtures.ts';
import { someStackInputs } from '../support/stack-inputs.ts';

const deployment = deploymentAfter(requestedStaging);
const ref = { id: 'stack-id', name: 'slipway-staging' };

describe('the label of a stack', () => {
  it('comes back from the text that Heat shows', () => {
    const label = stackLabel(deployment, 'v1.34.2');

    expect(parseStackLabel({ slipway: JSON.stringify(label) })).toEqual(label);
  });

  it.each([
    ['without the parameter', {}],
    ['with something that is no JSON', { slipway: '{' }],
    ['with JSON of somebody else', { slipway: '{"cluster": 7}' }],
  ])('is none of a foreign stack %s', (_what, parameters) => {
    expect(parseStackLabel(parameters)).toBeUndefined();
  });

  it('holds no secret', () => {
    const parameters = stackParameters(deployment, someStackInputs);

    expect(JSON.stringify(parameters.release_objects)).toContain('temp_url_sig');
    expect(JSON.stringify(parameters.slipway)).not.toContain('temp_url_sig');
  });
});

describe('the outputs of a stack', () => {
  it.each([
    ['a map by member', { b: 'node-2', a: 'node-1' }],
    ['a list', ['node-2', 'node-1']],
  ])('name the nodes from %s', (_what, names) => {
    expect(parseStackOutputs(ref, { node_names: names, api_url: 'https://a:6443', api_address: 'a' })).toEqual({
      ...ref,
      apiAddress: 'a',
      apiUrl: 'https://a:6443',
      nodes: ['node-1', 'node-2'],
    });
  });

  it('name the nodes by their numbers', () => {
    const names = { 10: 'staging-node-10', 9: 'staging-node-9', 0: 'staging-node-0' };

    expect(parseStackOutputs(ref, { node_names: names }).nodes).toEqual([
      'staging-node-0',
      'staging-node-9',
      'staging-node-10',
    ]);
  });

  it('name no nodes where Heat has none', () => {
    expect(parseStackOutputs(ref, { node_names: null }).nodes).toEqual([]);
  });
});

describe('the parameters of a stack', () => {
  const parametersOf = (changes: Partial<ClusterSpec>) =>
    stackParameters({ ...deployment, spec: { ...deployment.spec, ...changes } }, someStackInputs);
  const { network, nodes, controlPlane } = deployment.spec;

  it('open the Kubernetes API and nothing else, unless clusters.yaml says so', () => {
    const { control_plane_rules, node_rules, api_from } = parametersOf({});

    const api = {
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: 'tcp',
      port_range_min: 6443,
      port_range_max: 6443,
    };
    expect(control_plane_rules).toEqual([{ ...api, remote_ip_prefix: '0.0.0.0/0' }]);
    expect(node_rules).toEqual([]);
    expect(api_from).toEqual(['0.0.0.0/0']);
  });

  it('open to each role what is for it, what is for all to both, and nothing twice', () => {
    const rules = [
      { to: 'all', protocol: 'tcp', ports: [22, 22], from: '10.0.0.0/8' },
      { to: 'nodes', protocol: 'udp', ports: [30_000, 32_767], from: '0.0.0.0/0' },
      { to: 'control-plane', protocol: 'icmp', from: '10.0.0.0/8' },
      { to: 'control-plane', protocol: 'tcp', ports: [6443, 6443], from: '192.0.2.0/24' },
    ] as const;

    const { control_plane_rules, node_rules } = parametersOf({
      network: { ...network, apiFrom: ['192.0.2.0/24'], rules },
    });

    const ways = (given: unknown) =>
      (given as Record<string, unknown>[]).map(
        ({ protocol, port_range_min: port, remote_ip_prefix: from }) => `${protocol} ${port} ${from}`,
      );
    expect(ways(control_plane_rules)).toEqual([
      'tcp 6443 192.0.2.0/24',
      'tcp 22 10.0.0.0/8',
      'icmp undefined 10.0.0.0/8',
    ]);
    expect(ways(node_rules)).toEqual(['tcp 22 10.0.0.0/8', 'udp 30000 0.0.0.0/0']);
  });

  it('let pods’ packets through only where a plugin may route them', () => {
    const manifest = { file: '/srv/calico.yaml', sha512: '0'.repeat(128) };

    expect(parametersOf({}).pod_cidrs).toEqual([]);
    expect(parametersOf({ network: { ...network, plugin: { name: 'calico', manifest } } }).pod_cidrs).toEqual([
      network.pods,
    ]);
    expect(parametersOf({ network: { ...network, plugin: { name: 'none' } } }).pod_cidrs).toEqual([network.pods]);
  });

  it('leave to the cloud what clusters.yaml does not say', () => {
    expect(parametersOf({})).toMatchObject({
      control_plane_zone: '',
      control_plane_volume_size: 0,
      control_plane_volume_type: '',
      existing_network: '',
      existing_subnet: '',
      node_removals: [],
    });
    expect(
      parametersOf({
        controlPlane: { ...controlPlane, count: 3, availabilityZone: 'az1', bootVolume: { size: 40, type: 'ssd' } },
        nodes: { ...nodes, floatingIps: true, bootVolume: { size: 30 } },
        network: { ...network, existing: { network: 'office', subnet: 'lab' }, floatingIp: false },
      }),
    ).toMatchObject({
      control_plane_count: 3,
      control_plane_zone: 'az1',
      control_plane_volume_size: 40,
      control_plane_volume_type: 'ssd',
      node_volume_size: 30,
      node_volume_type: '',
      node_floating_ips: true,
      api_floating_ip: false,
      existing_network: 'office',
      existing_subnet: 'lab',
    });
  });

  it('give each role the URLs of its own', () => {
    const { control_plane_store, node_store } = parametersOf({});

    expect(control_plane_store).toEqual(someStackInputs.store.controlPlane);
    expect(node_store).toEqual(someStackInputs.store.node);
  });
});

describe('the settings of nodes', () => {
  it('tell the states what clusters.yaml says', () => {
    expect(nodeSettings(deployment)).toEqual({
      cluster_id: deployment.id,
      control_planes: 1,
      pod_cidr: '10.244.0.0/16',
      service_cidr: '10.96.0.0/12',
      dns_domain: 'cluster.local',
      cni: 'flannel',
      image_repository: '',
      cloud_provider: true,
      cinder_csi: true,
      default_storage_class: true,
      boot_seconds: 1_800,
      proxy: { http: '', https: '', no: '' },
    });
  });

  it('keep what is inside the cluster from a proxy', () => {
    const { network } = deployment.spec;
    const proxy = { http: 'http://proxy:3128', none: ['.example.org'] };

    const { proxy: settings } = nodeSettings({
      ...deployment,
      spec: { ...deployment.spec, network: { ...network, proxy } },
    });

    expect(settings).toMatchObject({ http: 'http://proxy:3128', https: '' });
    expect(settings.no.split(',')).toEqual(
      expect.arrayContaining(['127.0.0.1', network.cidr, network.pods, network.services, '.example.org', '.svc']),
    );
  });
});
