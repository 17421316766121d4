import { describe, expect, it } from 'vitest';
import { parseBootScript } from '../../../src/playground/nodes/boot-script.ts';
import { signedObject } from '../../support/stack-inputs.ts';

const credentials = {
  auth_url: 'http://127.0.0.1:5000/v3/v3',
  user_id: 'user-1',
  password: 'p"w',
  project_id: 'project-1',
  alarm_url: 'http://127.0.0.1:8004/v1/1/stacks/s/1/resources/h/signal',
};
const signed = (object: string): string => `https://swift.example.org/v1/AUTH_1/c/d/${object}?temp_url_sig=secret`;
const common = {
  cluster: 'staging',
  index: '0',
  version: 'v1.34.2',
  release: 'v1.34.2-0123456789ab',
  objects: [signedObject(), signedObject({ kind: 'file', name: 'containerd.tar.gz' })],
  settings: { cni: 'flannel', cloud_provider: true, cinder_csi: false },
  facts: { endpoint: '10.123.0.5', public_address: '172.24.5.7' },
};
const hostStore = {
  log_put: signed('logs/@HOST@.log'),
  upgrade_get: signed('upgrades/@HOST@.json'),
  upgrade_put: signed('upgraded/@HOST@.json'),
};
const node = { ...common, role: 'node', store: { join_node_get: signed('join/node.json'), ...hostStore } };
const controlPlane = {
  ...common,
  role: 'control-plane',
  store: {
    cloud_config_get: signed('cloud-config.json'),
    join_node_put: signed('join/node.json'),
    join_control_plane_get: signed('join/control-plane.json'),
    join_control_plane_put: signed('join/control-plane.json'),
    admin_conf_put: signed('admin.conf'),
    report_put: signed('report.json'),
    ...hostStore,
  },
};
/** There for the states, and of no interest to whoever only looks like a cluster. */
const unknown = { cluster_id: 'staging-k3v', pod_cidr: '10.244.0.0/16', proxy: { http: '', https: '', no: '' } };

/** User data as Heat makes it: cloud-init's configuration in JSON, which holds the parameters as a text. */
function userData(content: string): string {
  const boot = { path: '/var/lib/slipway/boot', permissions: '0700', content: '#!/bin/bash\ntrue\n' };
  const parameters = { path: '/var/lib/slipway/parameters.json', permissions: '0600', content };
  return `#cloud-config\n${JSON.stringify({ write_files: [boot, parameters], runcmd: [[boot.path]] })}`;
}

describe('parseBootScript', () => {
  it.each([node, controlPlane])('reads what Heat filled in for a $role', (parameters) => {
    const settings = { ...parameters.settings, ...unknown };
    const signal = JSON.stringify({ ...credentials, region_name: 'RegionOne' });

    const parsed = parseBootScript(userData(JSON.stringify({ ...parameters, settings, signal })));

    expect(parsed).toEqual({ ...parameters, signal: credentials });
  });

  it('takes a control plane that has neither a public address nor a cloud provider', () => {
    const { cloud_config_get: _none, ...store } = controlPlane.store;
    const facts = { ...common.facts, public_address: '' };

    const parsed = parseBootScript(
      userData(JSON.stringify({ ...controlPlane, facts, store, signal: JSON.stringify(credentials) })),
    );

    expect(parsed).toMatchObject({ facts, store });
  });

  it.each(['', '#cloud-config\n{}\n', '#cloud-config\nruncmd:\n- reboot\n', '#!/bin/sh\ntrue\n'])(
    'leaves a server alone that boots with %j',
    (foreign) => {
      expect(parseBootScript(foreign)).toBeUndefined();
    },
  );

  it.each([
    ['nothing', ''],
    ['no parameters', '{}'],
    ['no credentials', JSON.stringify({ ...node, signal: 'null' })],
    ['the store of a node on a control plane', JSON.stringify({ ...controlPlane, store: node.store })],
    ['an unknown role', JSON.stringify({ ...node, role: 'king' })],
  ])('complains about user data that was filled in with %s', (_what, content) => {
    expect(() => parseBootScript(userData(content))).toThrow();
  });

  it('complains about Slipway’s user data that is no longer JSON', () => {
    expect(() => parseBootScript(`${userData('{}')} and more`)).toThrow(SyntaxError);
  });
});
