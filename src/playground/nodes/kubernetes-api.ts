import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Certificate } from './certificate.ts';

/** A server of a cluster that has booted. */
export interface BootedNode {
  readonly name: string;
  readonly role: 'control-plane' | 'node';
  readonly version: string;
  readonly address: string;
}

export interface KubernetesApiOptions {
  /** The address to listen on, and no other. */
  readonly address: string;
  readonly port: number;
  readonly certificate: Certificate;
  readonly version: string;
  /** The nodes at the moment of the question. */
  readonly nodes: () => readonly BootedNode[];
}

/**
 * The few paths of a Kubernetes API that Slipway asks for, over https: the health checks, the version, the nodes. The
 * answers have the shape of the real ones, cut down to what tells something.
 */
export async function startKubernetesApi(options: KubernetesApiOptions): Promise<{ close(): Promise<void> }> {
  const server = createServer({ ...options.certificate }, (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (request.method !== 'GET') return status(response, 405, 'MethodNotAllowed', 'this stand-in is read-only');
    answer(path, response, options);
  });
  server.listen({ host: options.address, port: options.port });
  await once(server, 'listening');
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(path: string, response: ServerResponse, { version, nodes }: KubernetesApiOptions): void {
  if (['/readyz', '/livez', '/healthz'].includes(path)) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
  } else if (path === '/version') {
    const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
    json(response, 200, { major, minor, gitVersion: version, platform: 'linux/amd64' });
  } else if (path === '/api/v1/nodes') {
    json(response, 200, { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: nodes().map(nodeItem) });
  } else {
    status(response, 404, 'NotFound', 'the server could not find the requested resource');
  }
}

function nodeItem({ name, role, version, address }: BootedNode): object {
  const labels = {
    'kubernetes.io/hostname': name,
    ...(role === 'control-plane' ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
  };
  return {
    metadata: { name, labels },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      nodeInfo: { kubeletVersion: version },
    },
  };
}

function status(response: ServerResponse, code: number, reason: string, message: string): void {
  json(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code });
}

function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
