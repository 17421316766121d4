import type * as ClientNode from '@kubernetes/client-node';
import { type Logger, silentLogger } from '../../log.ts';
import type { Kubeconfig } from '../kubeconfig.ts';
import { KubernetesError } from './kubernetes-error.ts';
import { type Call, Transport } from './transport.ts';

/** The parts of the API that Slipway asks, as the Kubernetes project's client has them. */
export interface Apis {
  readonly core: ClientNode.CoreV1Api;
  readonly certificates: ClientNode.CertificatesV1Api;
  readonly policy: ClientNode.PolicyV1Api;
  readonly version: ClientNode.VersionApi;
}

export interface ConnectOptions {
  readonly log?: Logger;
  /** Time for one call. Half a minute by default, more than an API that is well ever takes. */
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 30_000;

/**
 * A cluster's API, as the user of a kubeconfig. The paths and the types of what comes back are those of the Kubernetes
 * project's client; the requests are sent by a transport of our own, because that client's (node-fetch) has neither time
 * limits nor a way to give up, and loses what the API says of a 401.
 */
export class KubernetesApi {
  /** https://HOST:PORT */
  readonly server: string;
  readonly #client: typeof ClientNode;
  readonly #transport: Transport;

  private constructor(client: typeof ClientNode, server: string, transport: Transport) {
    this.server = server;
    this.#client = client;
    this.#transport = transport;
  }

  /** Sends nothing yet. The client is loaded now and not with this file: it takes a second and 70 MB of memory. */
  static async connect(
    kubeconfig: Kubeconfig,
    { log = silentLogger(), deadlineMs = defaultDeadlineMs }: ConnectOptions = {},
  ): Promise<KubernetesApi> {
    const client = await import('@kubernetes/client-node');
    return new KubernetesApi(client, kubeconfig.server, new Transport(kubeconfig, { log, deadlineMs }));
  }

  /**
   * Makes calls of the typed client.
   *
   * @throws KubernetesError, also for an answer that is not what the API's description says; the signal's reason when the
   * caller gave up.
   */
  async ask<T>(call: Call, ask: (apis: Apis) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#apis(call));
    } catch (cause) {
      call.signal?.throwIfAborted();
      if (cause instanceof KubernetesError) throw cause;
      throw new KubernetesError(
        `${call.doing}: what ${new URL(this.server).host} answers cannot be understood`,
        { problem: 'answered' },
        { cause, hint: 'See whether a Kubernetes API answers there, and of which version' },
      );
    }
  }

  /** GET of a path that answers with plain text, such as /readyz. */
  async text(path: string, call: Call): Promise<string> {
    const url = new URL(path, this.server);
    const { text } = await this.#transport.send({ method: 'GET', url, headers: { accept: 'text/plain' } }, call);
    return text;
  }

  close(): void {
    this.#transport.close();
  }

  /** One set a call, because each sends with a signal of its own. They hold nothing but their configuration. */
  #apis(call: Call): Apis {
    const { CertificatesV1Api, CoreV1Api, PolicyV1Api, ServerConfiguration, VersionApi } = this.#client;
    const { createConfiguration, wrapHttpLibrary } = this.#client;
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(this.server, {}),
      httpApi: wrapHttpLibrary({ send: (context) => this.#send(context, call) }),
    });
    return {
      core: new CoreV1Api(configuration),
      certificates: new CertificatesV1Api(configuration),
      policy: new PolicyV1Api(configuration),
      version: new VersionApi(configuration),
    };
  }

  async #send(context: ClientNode.RequestContext, call: Call): Promise<ClientNode.ResponseContext> {
    const body = context.getBody();
    const { status, contentType, text } = await this.#transport.send(
      {
        method: context.getHttpMethod(),
        url: new URL(context.getUrl()),
        headers: context.getHeaders(),
        body: body === undefined ? undefined : String(body),
      },
      call,
    );
    const content = { text: () => Promise.resolve(text), binary: () => Promise.resolve(Buffer.from(text)) };
    return new this.#client.ResponseContext(status, { 'content-type': contentType }, content);
  }
}
