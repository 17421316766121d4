import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Kubeconfig } from '../../../src/kubernetes/kubeconfig.ts';
import type { BootedNode, ClusterSettings } from '../../../src/playground/nodes/booted-node.ts';
import { CertificateAuthority } from '../../../src/playground/nodes/certificate-authority.ts';
import { startKubernetesApi } from '../../../src/playground/nodes/kubernetes-api.ts';
import { Secret } from '../../../src/secret.ts';

const address = '127.0.0.1';

export const someSettings: ClusterSettings = { cni: 'flannel', cloud_provider: true, cinder_csi: true };

/** A node that has joined. */
export function bootedNode(changes: Partial<BootedNode> = {}): BootedNode {
  const joinedAt = new Date('2026-03-01T12:00:00Z');
  return {
    name: 'staging-control-plane',
    role: 'control-plane',
    version: 'v1.34.2',
    address: '10.0.0.5',
    joinedAt,
    ...changes,
  };
}

/** The stand-in for an API on this machine, with an authority of its own. */
export interface RunningApi {
  readonly authority: CertificateAuthority;
  /** Nodes of the cluster; may be changed. */
  readonly nodes: BootedNode[];
  /** How a user reaches it. */
  kubeconfig(user: string, groups: readonly string[], until?: Date): Kubeconfig;
  close(): Promise<void>;
}

export async function startSomeApi(settings: Partial<ClusterSettings> = {}): Promise<RunningApi> {
  const authority = new CertificateAuthority();
  const nodes = [bootedNode()];
  const port = await freePort();
  const { close } = await startKubernetesApi({
    address,
    port,
    authority,
    names: [address],
    version: () => 'v1.34.2',
    settings: { ...someSettings, ...settings },
    nodes: () => nodes,
  });
  return {
    authority,
    nodes,
    kubeconfig(user, groups, until) {
      const { cert, key } = authority.issueClient({ user, groups }, until && { notAfter: until });
      const server = `https://${address}:${port}`;
      const ca = authority.certificate;
      return { cluster: 'kubernetes', server, ca, user, certificate: cert, key: new Secret(key) };
    },
    close,
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const found = server.address();
  server.close();
  await once(server, 'close');
  if (typeof found !== 'object' || found === null) throw new Error('no port');
  return found.port;
}
