import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../log.ts';
import { listFloatingIps } from '../../openstack/neutron/floating-ips.ts';
import { listPorts } from '../../openstack/neutron/ports.ts';
import type { Server } from '../../openstack/nova/servers.ts';
import type { OpenStack } from '../../openstack/openstack.ts';
import { fetchRelease, insist, tellHeat } from './boot.ts';
import type { BootParameters } from './boot-script.ts';
import { selfSignedCertificate } from './certificate.ts';
import { type BootedNode, startKubernetesApi } from './kubernetes-api.ts';

export interface StandInOptions {
  readonly server: Server;
  readonly parameters: BootParameters;
  readonly openstack: OpenStack;
  readonly log: Logger;
  /** Everybody who stands in, this one too. */
  readonly peers: () => readonly StandInServer[];
}

/** Where kubeadm puts the API. */
const apiPort = 6443;

/** Plays one server: boots it once, and serves the Kubernetes API if it is a control plane. */
export class StandInServer {
  readonly #options: StandInOptions;
  readonly #log: Logger;
  readonly #gone = new AbortController();
  #booting: Promise<void> = Promise.resolve();
  #booted = false;
  #api: { close(): Promise<void> } | undefined;
  /** So that an address which cannot be listened on is told once and not every second. */
  #complained = false;

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#log = options.log.child({ server: options.server.name });
  }

  /** Starts the first boot, which takes at least `afterMs`. How it went is for Heat to hear. */
  boot(afterMs: number): void {
    this.#booting = this.#boot(afterMs).catch((error: unknown) => {
      if (!this.#gone.signal.aborted) this.#log.warn({ err: error }, 'the boot could not be told to Heat');
    });
  }

  /** Opens the Kubernetes API of a control plane that has booted and can be reached. May be called again and again. */
  async serve(signal: AbortSignal): Promise<void> {
    const { server, parameters } = this.#options;
    if (!this.#booted || parameters.role !== 'control-plane' || this.#api !== undefined) return;
    const address = await this.#floatingAddress(signal);
    if (address === undefined) return;
    try {
      this.#api = await startKubernetesApi({
        address,
        port: apiPort,
        certificate: selfSignedCertificate(address),
        version: parameters.version,
        nodes: () => this.#clusterNodes(),
      });
      this.#log.info({ address, serverId: server.id }, 'the Kubernetes API answers');
    } catch (error) {
      if (!this.#complained) this.#log.warn({ err: error, address }, 'the Kubernetes API cannot listen there');
      this.#complained = true;
    }
  }

  /** The server is gone, and with it all that it did. */
  async close(): Promise<void> {
    this.#gone.abort();
    await this.#booting;
    await this.#api?.close();
    this.#api = undefined;
  }

  async #boot(afterMs: number): Promise<void> {
    const { server, parameters } = this.#options;
    const { signal } = this.#gone;
    await sleep(afterMs, undefined, { signal });
    const outcome = await fetchRelease(server.name, parameters, signal);
    this.#log.info(outcome, 'first boot is over');
    await insist(() => tellHeat(server.name, parameters, outcome, signal), signal);
    this.#booted = outcome.status === 'SUCCESS';
  }

  async #floatingAddress(signal: AbortSignal): Promise<string | undefined> {
    const { openstack, server } = this.#options;
    const ports = await listPorts(openstack.neutron, { deviceId: server.id }, signal);
    const ids = new Set(ports.map(({ id }) => id));
    const floating = await listFloatingIps(openstack.neutron, {}, signal);
    return floating.find(({ portId }) => portId !== undefined && ids.has(portId))?.address;
  }

  /** Clusters of different projects may have the same name. */
  #clusterNodes(): BootedNode[] {
    return this.#options
      .peers()
      .filter((peer) => peer.#booted && peer.#cluster === this.#cluster)
      .map((peer) => peer.#node);
  }

  get #cluster(): string {
    const { server, parameters } = this.#options;
    return `${server.projectId}/${parameters.cluster}`;
  }

  get #node(): BootedNode {
    const { server, parameters } = this.#options;
    const address = server.addresses.find(({ kind }) => kind === 'fixed')?.address ?? '';
    return { name: server.name, role: parameters.role, version: parameters.version, address };
  }
}
