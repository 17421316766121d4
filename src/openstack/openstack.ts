import type { Logger } from '../log.ts';
import type { CloudConfig } from './cloud-config.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { ServiceClient } from './service-client.ts';
import { services } from './services.ts';
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
  projectId(signal?: AbortSignal): Promise<string>;
  userId(signal?: AbortSignal): Promise<string>;
  /** Ends the connections; calls under way are cut off. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  log: Logger;
  retry?: RetryPolicy;
}

/**
 * Prepares to talk to a cloud. Nothing is sent yet: the first call logs in, and each service is looked up in the
 * catalog when it is first used, so that a missing one troubles nobody who does not need it.
 */
export function connect(cloud: CloudConfig, { log, retry = defaultRetryPolicy }: ConnectOptions): OpenStack {
  const transport = new Transport({ ca: cloud.ca, verify: cloud.verify, retry, log });
  const session = new Session(cloud, transport, log);
  const client = (service: keyof typeof services): ServiceClient =>
    new ServiceClient(services[service], session, transport);

  return {
    cloud,
    keystone: client('keystone'),
    swift: client('swift'),
    glance: client('glance'),
    nova: client('nova'),
    neutron: client('neutron'),
    heat: client('heat'),
    projectId: async (signal) => (await session.authentication(signal)).projectId,
    userId: async (signal) => (await session.authentication(signal)).userId,
    close: () => transport.close(),
  };
}
