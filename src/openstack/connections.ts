import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { ClientCertificate } from './cloud-config.ts';
import { proxyFor } from './proxy.ts';

/** Whom to trust, what to show and which way to go. */
export interface ConnectionOptions {
  /** PEM text of the authorities to trust instead of the system's own. */
  ca?: string | undefined;
  clientCertificate?: ClientCertificate | undefined;
  verify: boolean;
  /** For the proxies alone: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. */
  env: Readonly<Record<string, string | undefined>>;
}

/** A way to an address, and the proxy on it. */
export interface Way {
  dispatcher: Dispatcher;
  proxy: URL | undefined;
}

const connectTimeoutMs = 10_000;

/**
 * The connections to a cloud's services. Those for requests that must not be sent twice are never used again: a kept
 * connection may be closed by the service at the very moment of its second use, and nobody could say whether the
 * request arrived. Through a proxy, https goes by CONNECT, so that the proxy sees nothing of it; http goes as a plain
 * request to the proxy, since many refuse CONNECT to other ports than 443.
 */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #open = new Map<string, Dispatcher>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Throws ConfigError when the environment names a proxy that is none. */
  to(address: URL, reuse: boolean): Way {
    const proxy = proxyFor(address, this.#options.env);
    const key = `${reuse} ${proxy?.href ?? ''}`;
    const dispatcher = this.#open.get(key) ?? this.#create(proxy, reuse);
    this.#open.set(key, dispatcher);
    return { dispatcher, proxy };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((dispatcher) => dispatcher.destroy()));
    this.#open.clear();
  }

  #create(proxy: URL | undefined, reuse: boolean): Dispatcher {
    const pipelining = reuse ? {} : { pipelining: 0 }; // 0 closes each connection after its request
    const tls = this.#tls();
    if (proxy === undefined) return new Agent({ connect: { timeout: connectTimeoutMs, ...tls }, ...pipelining });
    return new ProxyAgent({
      uri: proxy.href,
      requestTls: { timeout: connectTimeoutMs, ...tls },
      proxyTls: { timeout: connectTimeoutMs },
      proxyTunnel: false,
      factory: (origin, options) => new Pool(origin, { ...options, ...pipelining }),
    });
  }

  #tls() {
    const { ca, clientCertificate, verify } = this.#options;
    return {
      rejectUnauthorized: verify,
      ...(ca === undefined ? {} : { ca }),
      ...(clientCertificate && { cert: clientCertificate.cert, key: clientCertificate.key.reveal() }),
    };
  }
}
