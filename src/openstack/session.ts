import { ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { serviceEndpoint } from './catalog.ts';
import type { CloudConfig } from './cloud-config.ts';
import { type Authentication, authenticate } from './keystone/authentication.ts';
import type { ServiceDescription } from './services.ts';
import type { Transport } from './transport.ts';
import { unlessAborted } from './unless-aborted.ts';

/** How long before its end a token is no longer handed out, at most: a call with it must still arrive in time. */
const renewalMarginMs = 60_000;

interface Held {
  authentication: Authentication;
  renewAt: number;
  endsAt: number;
}

/** The one token of a cloud: made when first needed, renewed before it ends or when a service refuses it. */
export class Session {
  readonly cloud: CloudConfig;
  readonly #transport: Transport;
  readonly #log: Logger;
  #held: Held | undefined;
  #pending: Promise<Authentication> | undefined;

  constructor(cloud: CloudConfig, transport: Transport, log: Logger) {
    this.cloud = cloud;
    this.#transport = transport;
    this.#log = log;
  }

  /**
   * A token that is still good. All who ask at the same time wait for the same request; one of them giving up stops
   * none of the others.
   *
   * @throws OpenStackError when Keystone refuses the credentials or does not answer.
   */
  async authentication(signal?: AbortSignal): Promise<Authentication> {
    signal?.throwIfAborted();
    const held = this.#held;
    if (held !== undefined && performance.now() < held.renewAt) return held.authentication;

    this.#pending ??= this.#authenticate().finally(() => {
      this.#pending = undefined;
    });
    try {
      return await unlessAborted(this.#pending, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // Keystone may be away for a moment while the old token still lives.
      if (held !== undefined && this.#held === held && performance.now() < held.endsAt) return held.authentication;
      throw error;
    }
  }

  /** A service answered 401 to this token. Somebody else may have replaced it meanwhile; then that one stays. */
  refuse(refused: Authentication): void {
    if (this.#held?.authentication === refused) this.#held = undefined;
  }

  /** Where a service is, without a slash at the end. */
  async endpoint(service: ServiceDescription, signal?: AbortSignal): Promise<string> {
    const { catalog, projectId } = await this.authentication(signal);
    return serviceEndpoint(this.cloud, catalog, service, projectId);
  }

  /** True when the cloud has an address of that service. */
  async offers(service: ServiceDescription, signal?: AbortSignal): Promise<boolean> {
    const { catalog, projectId } = await this.authentication(signal);
    try {
      serviceEndpoint(this.cloud, catalog, service, projectId);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  }

  async #authenticate(): Promise<Authentication> {
    const askedAt = performance.now();
    const authentication = await authenticate(this.#transport, this.cloud);
    const { lifetimeMs } = authentication;
    // What is made of a given token ends with it, so that to renew it early would only be to ask in vain.
    const margin = this.cloud.credentials.kind === 'token' ? 0 : Math.min(renewalMarginMs, lifetimeMs / 5);
    this.#held = {
      authentication,
      renewAt: askedAt + lifetimeMs - margin,
      endsAt: askedAt + lifetimeMs,
    };
    this.#log.debug({ cloud: this.cloud.name, lifetimeMs }, 'got a token from Keystone');
    return authentication;
  }
}
