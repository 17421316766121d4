import type { Logger } from '../log.ts';
import type { CloudConfig } from './cloud-config.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { ServiceClient } from './service-client.ts';
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
}

/**
 * Prepares to talk to a cloud. Nothing is sent yet: the first call logs in, and each service is looked up in the
 * catalog when it is first used, so that a missing one troubles nobody who does not need it.
 */
export function connect(cloud: CloudConfig, { log, retry = defaultRetryPolicy, swift }: ConnectOptions): OpenStack {
  const main = new Connection(cloud, retry, log);
  const store = swift === undefined ? main : new Connection(swift, retry, log);

  return {
    cloud,
    keystone: main.client('keystone'),
    swift: store.client('swift'),
    glance: main.client('glance'),
    nova: main.client('nova'),
    neutron: main.client('neutron'),
    heat: main.client('heat'),
    cinder: main.client('cinder'),
    offers: (service, signal) => (service === 'swift' ? store : main).session.offers(services[service], signal),
    projectId: async (signal) => (await main.session.authentication(signal)).projectId,
    userId: async (signal) => (await main.session.authentication(signal)).userId,
    close: async () => {
      await Promise.all([main, store].map((connection) => connection.close()));
    },
  };
}

/** One login with its connections. */
class Connection {
  readonly session: Session;
  readonly #transport: Transport;

  constructor(cloud: CloudConfig, retry: RetryPolicy, log: Logger) {
    this.#transport = new Transport({ ca: cloud.ca, verify: cloud.verify, retry, log });
    this.session = new Session(cloud, this.#transport, log);
  }

  client(service: ServiceName): ServiceClient {
    return new ServiceClient(services[service], this.session, this.#transport);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
