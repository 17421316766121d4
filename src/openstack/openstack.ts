import type { Logger } from '../log.ts';
import type { CloudConfig } from './cloud-config.ts';
import { explainTrustRefusal } from './keystone/trusts.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { type Explain, ServiceClient } from './service-client.ts';
import { type ServiceName, services } from './services.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

/** The services of one project of one cloud. */
export interface OpenStack {
  readonly cloud: CloudConfig;
  readonly keystone: ServiceClient;
  readonly swift: ServiceClient;
  readonly glance: ServiceClient;
  readonly nova: ServiceClient;
  readonly neutron: ServiceClient;
  readonly heat: ServiceClient;
  /** Not every cloud has it: ask `offers` first. */
  readonly cinder: ServiceClient;
  /** Not every cloud has it, either. */
  readonly octavia: ServiceClient;
  /** True when the catalog has an address of that service for this cloud's region and interface. */
  offers(service: ServiceName, signal?: AbortSignal): Promise<boolean>;
  projectId(signal?: AbortSignal): Promise<string>;
  userId(signal?: AbortSignal): Promise<string>;
  /** Ends the connections; calls under way are cut off. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  log: Logger;
  retry?: RetryPolicy;
  /** The cloud whose Swift is used, when it is not the first one's own: another region, or other credentials. */
  swift?: CloudConfig;
  /** The environment, for HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. Without it no proxy is used. */
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Prepares to talk to a cloud. Nothing is sent yet: the first call logs in, and each service is looked up in the
 * catalog when it is first used, so that a missing one troubles nobody who does not need it.
 */
export function connect(cloud: CloudConfig, options: ConnectOptions): OpenStack {
  const main = new Connection(cloud, options);
  const store = options.swift === undefined ? main : new Connection(options.swift, options);
  const keystone = main.client('keystone');

  return {
    cloud,
    keystone,
    swift: store.client('swift'),
    glance: main.client('glance'),
    nova: main.client('nova'),
    neutron: main.client('neutron'),
    heat: main.client('heat', (error, { signal }) => explainTrustRefusal(error, cloud, keystone, signal)),
    cinder: main.client('cinder'),
    octavia: main.client('octavia'),
    offers: (service, signal) => (service === 'swift' ? store : main).session.offers(services[service], signal),
    projectId: async (signal) => (await main.session.authentication(signal)).projectId,
    userId: async (signal) => (await main.session.authentication(signal)).userId,
    close: async () => {
      await Promise.all([...new Set([main, store])].map((connection) => connection.close()));
    },
  };
}

/** One login with its connections. */
class Connection {
  readonly session: Session;
  readonly #transport: Transport;

  constructor(cloud: CloudConfig, { log, env = {}, retry = defaultRetryPolicy }: ConnectOptions) {
    const { ca, clientCertificate, verify } = cloud;
    this.#transport = new Transport({ ca, clientCertificate, verify, env, retry, log });
    this.session = new Session(cloud, this.#transport, log);
  }

  client(service: ServiceName, explain?: Explain): ServiceClient {
    return new ServiceClient(services[service], this.session, this.#transport, explain);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
