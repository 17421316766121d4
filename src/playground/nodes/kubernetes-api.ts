import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { authorize } from './api/authorize.ts';
import { discovery, type Resources } from './api/discovery.ts';
import { ApiFailure } from './api/failure.ts';
import { type Identity, identify } from './api/identity.ts';
import { NodesCollection } from './api/nodes-collection.ts';
import { perform } from './api/perform.ts';
import { PodsCollection } from './api/pods-collection.ts';
import { SigningRequests } from './api/signing-requests.ts';
import { StoredCollection } from './api/stored-collection.ts';
import { parseTarget, type Verb, verbOf } from './api/target.ts';
import type { BootedNode, ClusterSettings } from './booted-node.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { kubeSystemPods } from './kube-system.ts';

export interface KubernetesApiOptions {
  /** The address to listen on, and no other. */
  readonly address: string;
  readonly port: number;
  /** Signs the server's certificate, and those of the API's users. */
  readonly authority: CertificateAuthority;
  /** What the server's certificate holds for. */
  readonly names: readonly string[];
  /** The version of Kubernetes at the moment of the question. */
  readonly version: () => string;
  readonly settings: ClusterSettings;
  /** The nodes at the moment of the question. */
  readonly nodes: () => readonly BootedNode[];
}

/**
 * The part of a Kubernetes API that Slipway asks for, over TLS: the health checks and the version for everybody; nodes,
 * pods, Services, volumes, PodDisruptionBudgets and requests for certificates for those whose certificate and groups allow it.
 * Answers have the shape of the real ones, cut down to what tells something.
 */
export async function startKubernetesApi(options: KubernetesApiOptions): Promise<{ close(): Promise<void> }> {
  const { authority, names, address, port } = options;
  const resources = resourcesOf(options);
  const { version } = options;
  const tls = {
    ...authority.issueServer(names),
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false, // a real API lets such a caller in as far as to say 401
  };
  const server = createServer(tls, (request, response) => {
    answer(request, response, { resources, version: version() }).catch((error: unknown) => {
      const failure = error instanceof ApiFailure ? error : new ApiFailure('BadRequest', String(error));
      json(response, failure.code, failure.toStatus());
    });
  });
  server.listen({ host: address, port });
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

function resourcesOf({ authority, settings, nodes }: KubernetesApiOptions): Resources {
  const joined = new NodesCollection(nodes, settings);
  const budgets = new StoredCollection({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespaced: true });
  return {
    '/nodes': joined,
    '/pods': new PodsCollection({
      system: () => kubeSystemPods(nodes(), settings),
      schedulable: () => joined.schedulable(),
      budgets,
    }),
    'policy/poddisruptionbudgets': budgets,
    '/services': new StoredCollection({ apiVersion: 'v1', kind: 'Service', namespaced: true }),
    '/persistentvolumes': new StoredCollection({ apiVersion: 'v1', kind: 'PersistentVolume', namespaced: false }),
    'certificates.k8s.io/certificatesigningrequests': new SigningRequests(authority),
  };
}

interface Served {
  readonly resources: Resources;
  readonly version: string;
}

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://api');
  const caller = identify(request);
  if (['/readyz', '/livez', '/healthz'].includes(pathname)) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok');
    return;
  }
  const open = openAnswer(pathname, caller, served);
  if (open) return json(response, 200, open);

  const { target, verb, collection } = found(request.method, pathname, served.resources);
  authorize(caller, verb, target);
  if (collection === undefined) throw notThere();
  const body = await jsonText(request, verb);
  const result = perform[verb]({ collection, target, caller, query: searchParams, body });
  json(response, verb === 'create' ? 201 : 200, result);
}

/** What takes no permission: the version for everybody, the list of resources for whoever is known. */
function openAnswer(path: string, { groups }: Identity, { resources, version }: Served): object | undefined {
  if (path === '/version') return versionInfo(version);
  return groups.includes('system:authenticated') ? discovery(path, resources) : undefined;
}

function versionInfo(version: string): object {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return { major, minor, gitVersion: version, platform: 'linux/amd64' };
}

/** Whether there is such a collection is told only to those who may do it. */
function found(method: string | undefined, path: string, resources: Resources) {
  const target = parseTarget(path);
  const verb = target && verbOf(method, target);
  if (target === undefined || verb === undefined) throw notThere();
  return { target, verb, collection: resources[`${target.group}/${target.resource}`] };
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

/** A real API takes protobuf as well, which kubectl sends for some objects. */
async function jsonText(request: IncomingMessage, verb: Verb): Promise<string> {
  const type = request.headers['content-type'] ?? 'application/json';
  const accepted = verb === 'patch' ? patchTypes : ['application/json'];
  if (accepted.some((one) => type.startsWith(one))) return text(request);
  const problem = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  throw new ApiFailure('UnsupportedMediaType', problem);
}

function notThere(): ApiFailure {
  return new ApiFailure('NotFound', 'the server could not find the requested resource');
}

function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
