import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { BootParameters, ControlPlaneParameters } from '../../../src/playground/nodes/boot-script.ts';

/** What Heat hears of a server. */
export interface Signal {
  readonly status: string;
  readonly reason: string;
  readonly id: string;
}

/** As much of Swift, Keystone and Heat as a server meets when it boots, over real sockets. */
export class StandInCloud {
  readonly url: string;
  /** What is in the cluster's container, by the name of the object. */
  readonly objects = new Map<string, string>([['release.tar.gz', 'a release']]);
  readonly signals: Signal[] = [];
  /** What was asked, in order: `PUT admin.conf`. */
  readonly requests: string[] = [];
  /** Statuses to answer the next requests for an object with. */
  readonly stumbles = new Map<string, number[]>();
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<StandInCloud> {
    const server = createServer((request, response) => void cloud.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
    const cloud = new StandInCloud(`http://127.0.0.1:${address.port}`, () => {
      server.closeAllConnections();
      server.close();
    });
    return cloud;
  }

  close(): void {
    this.#close();
  }

  /** What a control plane of the cluster is told. */
  controlPlane(changes: Partial<ControlPlaneParameters> = {}): ControlPlaneParameters {
    const store = {
      join_node_put: this.#object('join/node.json'),
      join_control_plane_get: this.#object('join/control-plane.json'),
      join_control_plane_put: this.#object('join/control-plane.json'),
      admin_conf_put: this.#object('admin.conf'),
      report_put: this.#object('report.json'),
      ...this.#hostStore(),
    };
    return { ...this.#common(), role: 'control-plane', store, ...changes };
  }

  /** What a node of the cluster is told. */
  node(): BootParameters {
    const store = { join_node_get: this.#object('join/node.json'), ...this.#hostStore() };
    return { ...this.#common(), role: 'node', store };
  }

  #hostStore() {
    return {
      log_put: this.#object('logs/@HOST@.log'),
      upgrade_get: this.#object('upgrades/@HOST@.json'),
      upgrade_put: this.#object('upgraded/@HOST@.json'),
    };
  }

  #common() {
    const content = this.objects.get('release.tar.gz') ?? '';
    const sha256 = createHash('sha256').update(content).digest('hex');
    const url = this.#object('release.tar.gz');
    return {
      cluster: 'staging',
      index: '0',
      version: 'v1.34.2',
      release: 'v1.34.2-0123456789ab',
      objects: [{ kind: 'kubernetes' as const, name: 'server.tar.gz', url, size: content.length, sha256 }],
      settings: { cni: 'flannel', cloud_provider: true, cinder_csi: false },
      facts: { endpoint: '127.0.0.1', public_address: '' },
      signal: {
        auth_url: `${this.url}/v3/v3`,
        user_id: 'u',
        password: 'p',
        project_id: 'p1',
        alarm_url: `${this.url}/signal`,
      },
    };
  }

  #object(name: string): string {
    return `${this.url}/swift/${name}?temp_url_sig=x&temp_url_expires=1`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const body = await text(request);
    if (pathname === '/v3/auth/tokens') response.writeHead(201, { 'x-subject-token': 'token-1' }).end('{}');
    else if (pathname === '/signal') {
      this.requests.push('signal');
      this.signals.push(JSON.parse(body));
      response.end('null');
    } else this.#answerObject(request.method ?? '', pathname.replace('/swift/', ''), body, response);
  }

  #answerObject(method: string, name: string, body: string, response: ServerResponse): void {
    this.requests.push(`${method} ${name}`);
    const stumble = this.stumbles.get(name)?.shift();
    if (stumble !== undefined) return void response.writeHead(stumble).end();
    if (method === 'PUT') {
      this.objects.set(name, body);
      response.writeHead(201).end();
      return;
    }
    const content = this.objects.get(name);
    response.writeHead(content === undefined ? 404 : 200).end(content);
  }
}
