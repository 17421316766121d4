import type { HostStore, SignedObject, SignedStore, StackInputs } from '../../src/clusters/stack.ts';

/** One object of a release, as a server is told of it. */
export function signedObject(changes: Partial<SignedObject> = {}): SignedObject {
  const { name = 'kubernetes-server-linux-amd64.tar.gz' } = changes;
  return {
    kind: 'kubernetes',
    name,
    url: `https://swift.example.org/v1/AUTH_1/slipway/${name}?temp_url_sig=secret&temp_url_expires=1`,
    size: 1,
    sha256: '0'.repeat(64),
    ...changes,
  };
}

const hostStore: HostStore = {
  log_put: signedPrefixUrl('logs/', '@HOST@.log'),
  upgrade_get: signedPrefixUrl('upgrades/', '@HOST@.json'),
  upgrade_put: signedPrefixUrl('upgraded/', '@HOST@.json'),
};

/** The signed URLs of a cluster's own container. */
export const someStore: SignedStore = {
  controlPlane: {
    cloud_config_get: signedUrl('cloud-config.json'),
    join_node_put: signedUrl('join/node.json'),
    join_control_plane_get: signedUrl('join/control-plane.json'),
    join_control_plane_put: signedUrl('join/control-plane.json'),
    admin_conf_put: signedUrl('admin.conf'),
    report_put: signedUrl('report.json'),
    ...hostStore,
  },
  node: { join_node_get: signedUrl('join/node.json'), ...hostStore },
};

function signedUrl(object: string): string {
  const query = 'temp_url_sig=secret&temp_url_expires=1';
  return `https://swift.example.org/v1/AUTH_1/slipway-cluster-staging/staging-1/${object}?${query}`;
}

function signedPrefixUrl(prefix: string, rest: string): string {
  return `${signedUrl(`${prefix}${rest}`)}&temp_url_prefix=staging-1/${prefix}`;
}

/** What the steps before `stack` leave for it, for tests that do not care. */
export const someStackInputs: StackInputs = {
  image: 'image-id',
  keypair: 'ops',
  version: 'v1.34.2',
  release: 'v1.34.2-0123456789ab',
  objects: [signedObject(), signedObject({ kind: 'states', name: 'kubernetes-salt.tar.gz' })],
  store: someStore,
};
