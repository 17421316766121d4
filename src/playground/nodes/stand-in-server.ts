import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../log.ts';
import type { Server } from '../../openstack/nova/servers.ts';
import { insist, tellHeat } from './boot.ts';
import type { BootParameters, ControlPlaneParameters } from './boot-script.ts';
import type { BootedNode } from './booted-node.ts';
import { firstBoot } from './first-boot.ts';
import { StandInCluster } from './stand-in-cluster.ts';
import { findInstruction, upgrade } from './upgrade.ts';

export interface StandInOptions {
  readonly server: Server;
  readonly parameters: BootParameters;
  readonly log: Logger;
  /** Everybody who stands in, this one too. */
  readonly peers: () => readonly StandInServer[];
  /** How often something is looked for that another server has to do first. */
  readonly pollMs: number;
  /** How long an upgrade takes at least, in milliseconds. */
  readonly upgradeMs: number;
}

const joinWithinMs = 20 * 60_000;

/** Plays one server: boots it once. The first control plane of a cluster plays the cluster as well, while it is there. */
export class StandInServer {
  readonly #options: StandInOptions;
  readonly #log: Logger;
  readonly #gone = new AbortController();
  #booting: Promise<void> = Promise.resolve();
  #booted = false;
  #joinedAt: Date | undefined;
  #cluster: StandInCluster | undefined;
  #version: string;
  #upgrading: Promise<void> | undefined;
  /** Id of the last instruction that was followed to its end. */
  #followed: string | undefined;
  /** So that an address which cannot be listened on is told once and not every second. */
  #complained = false;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#version = options.parameters.version;
    this.#log = options.log.child({ server: options.server.name });
  }

  /** Starts the first boot, which takes at least `afterMs`. How it went is for Heat to hear. */
  boot(afterMs: number): void {
    this.#booting = this.#boot(afterMs).catch((error: unknown) => {
      if (!this.#gone.signal.aborted) this.#log.warn({ err: error }, 'the boot could not be told to Heat');
    });
  }

  /** What goes on in a cluster after its first control plane has booted. May be called again and again. */
  async serve(signal: AbortSignal): Promise<void> {
    if (!this.#booted || this.#cluster === undefined) return;
    await this.#listen(this.#cluster);
    await this.#cluster.publishNews(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#log.warn({ err: error }, 'the news of the cluster could not be sent to Swift');
    });
  }

  /**
   * Looks whether the server is to be upgraded, as a timer on it does, and sees to it. Does not wait for that, and may be
   * called again and again.
   */
  lookForInstruction(): void {
    if (!this.#booted || this.#upgrading !== undefined) return;
    this.#upgrading = this.#followInstruction()
      .catch((error: unknown) => {
        if (!this.#gone.signal.aborted) this.#log.warn({ err: error }, 'an instruction could not be followed');
      })
      .finally(() => {
        this.#upgrading = undefined;
      });
  }

  /** The server is gone, and with it all that it did. */
  async close(): Promise<void> {
    this.#gone.abort();
    await this.#booting;
    await this.#upgrading;
    await this.#cluster?.close();
    this.#cluster = undefined;
  }

  async #boot(afterMs: number): Promise<void> {
    const { server, parameters, pollMs } = this.#options;
    const { signal } = this.#gone;
    await sleep(afterMs, undefined, { signal });
    const outcome = await firstBoot(
      {
        hostname: server.name,
        parameters,
        initialize: (own) => this.#initialize(own),
        joinEveryMs: pollMs,
        joinWithinMs,
      },
      signal,
    );
    this.#log.info(outcome, 'first boot is over');
    this.#booted = outcome.status === 'SUCCESS';
    this.#joinedAt = this.#booted ? (this.#joinedAt ?? new Date()) : undefined;
    await insist(() => tellHeat(server.name, parameters, outcome, signal), signal);
  }

  async #followInstruction(): Promise<void> {
    const { server, parameters, upgradeMs } = this.#options;
    const { signal } = this.#gone;
    const instruction = await findInstruction(server.name, parameters.store, signal);
    if (instruction === undefined || instruction.id === this.#followed) return;
    await upgrade(
      {
        hostname: server.name,
        store: parameters.store,
        from: this.#version,
        install: (version) => {
          this.#version = version;
        },
        instruction,
        lastsMs: upgradeMs,
      },
      signal,
    );
    this.#followed = instruction.id;
    this.#log.info({ upgrade: instruction.id, version: this.#version }, 'an upgrade is over');
  }

  /**
   * Makes the cluster anew whatever is in the store, since nothing of one outlives the process that plays it. The control
   * plane is a node of it before anybody is told.
   */
  async #initialize(parameters: ControlPlaneParameters): Promise<void> {
    const { signal } = this.#gone;
    const cluster = new StandInCluster({
      parameters,
      hostname: this.#options.server.name,
      privateAddress: this.#address,
      version: () => this.#version,
      nodes: () => this.#clusterNodes(),
    });
    this.#cluster = cluster;
    this.#joinedAt = new Date();
    await this.#listen(cluster);
    await cluster.publish(signal);
  }

  async #listen(cluster: StandInCluster): Promise<void> {
    const { address } = cluster;
    try {
      await cluster.listen();
    } catch (error) {
      if (!this.#complained) this.#log.warn({ err: error, address }, 'the Kubernetes API cannot listen there');
      this.#complained = true;
    }
  }

  /** Clusters of different projects may have the same name. */
  #clusterNodes(): BootedNode[] {
    return this.#options.peers().flatMap((peer) => (peer.#clusterId === this.#clusterId ? (peer.#node ?? []) : []));
  }

  get #clusterId(): string {
    const { server, parameters } = this.#options;
    return `${server.projectId}/${parameters.cluster}`;
  }

  get #address(): string {
    return this.#options.server.addresses.find(({ kind }) => kind === 'fixed')?.address ?? '';
  }

  /** Undefined while it has not joined. */
  get #node(): BootedNode | undefined {
    const { server, parameters } = this.#options;
    if (this.#joinedAt === undefined) return undefined;
    const { role } = parameters;
    return { name: server.name, role, version: this.#version, address: this.#address, joinedAt: this.#joinedAt };
  }
}
