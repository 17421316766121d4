import { kubeconfigText } from '../../kubernetes/kubeconfig.ts';
import { Secret } from '../../secret.ts';
import type { ControlPlaneParameters } from './boot-script.ts';
import { type BootedNode, isNetworkReady } from './booted-node.ts';
import { CertificateAuthority } from './certificate-authority.ts';
import { newJoinData } from './join-data.ts';
import { kubeSystemPods } from './kube-system.ts';
import { startKubernetesApi } from './kubernetes-api.ts';
import { putObject } from './store.ts';

/** Where kubeadm puts the API. */
const apiPort = 6443;
const reportEveryMs = 2 * 60_000;
const joinDataEveryMs = 6 * 3600_000;

export interface StandInClusterOptions {
  readonly parameters: ControlPlaneParameters;
  /** The first control plane, which makes the cluster. */
  readonly hostname: string;
  readonly privateAddress: string;
  /** The version of its control plane, at the moment of the question. */
  readonly version: () => string;
  /** All servers that have joined, at the moment of the question. */
  readonly nodes: () => readonly BootedNode[];
}

/**
 * A cluster as its first control plane makes it: an authority, an API, and what goes to Swift for the other servers and
 * for Slipway.
 */
export class StandInCluster {
  readonly #options: StandInClusterOptions;
  readonly #authority = new CertificateAuthority();
  #api: { close(): Promise<void> } | undefined;
  #reported = { text: '', at: 0 };
  #joinDataAt = 0;

  constructor(options: StandInClusterOptions) {
    this.#options = options;
  }

  /** Where the API is to be reached. */
  get address(): string {
    const { endpoint, public_address } = this.#options.parameters.facts;
    return public_address || endpoint;
  }

  /** What `kubeadm init` and the states after it leave in Swift. */
  async publish(signal: AbortSignal): Promise<void> {
    const { store } = this.#options.parameters;
    await putObject('sending admin.conf', store.admin_conf_put, this.#adminConf(), signal);
    await this.publishNews(signal);
  }

  /** What timers on a control plane do from then on. May be called again and again. */
  async publishNews(signal: AbortSignal, now = new Date()): Promise<void> {
    if (now.getTime() - this.#joinDataAt >= joinDataEveryMs) await this.#publishJoinData(now, signal);
    const text = JSON.stringify(this.#report());
    const stale = now.getTime() - this.#reported.at >= reportEveryMs;
    if (stale || text !== this.#reported.text) await this.#publishReport(text, now, signal);
  }

  /** Opens the API. @throws Error when its address cannot be listened on. */
  async listen(): Promise<void> {
    if (this.#api !== undefined) return;
    const { hostname, parameters, privateAddress, version, nodes } = this.#options;
    const { facts, settings } = parameters;
    const names = [facts.public_address, facts.endpoint, privateAddress, '127.0.0.1', hostname, 'kubernetes'];
    this.#api = await startKubernetesApi({
      address: this.address,
      port: apiPort,
      authority: this.#authority,
      names: [...new Set(names.filter((name) => name !== ''))],
      version,
      settings,
      nodes,
    });
  }

  async close(): Promise<void> {
    await this.#api?.close();
    this.#api = undefined;
  }

  /** As kubeadm writes it, for a user of the group that it gives the role `cluster-admin`. */
  #adminConf(): string {
    const subject = { user: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] };
    const { cert, key } = this.#authority.issueClient(subject);
    const { endpoint } = this.#options.parameters.facts;
    return kubeconfigText({
      cluster: 'kubernetes',
      server: `https://${endpoint}:${apiPort}`,
      ca: this.#authority.certificate,
      user: subject.user,
      certificate: cert,
      key: new Secret(key),
    }).reveal();
  }

  async #publishJoinData(now: Date, signal: AbortSignal): Promise<void> {
    const { store, facts } = this.#options.parameters;
    const { certificateKey, ...forNodes } = newJoinData(`${facts.endpoint}:${apiPort}`, this.#authority, now);
    const forControlPlanes = { ...forNodes, certificateKey };
    await putObject('sending join data', store.join_node_put, JSON.stringify(forNodes), signal);
    await putObject('sending join data', store.join_control_plane_put, JSON.stringify(forControlPlanes), signal);
    this.#joinDataAt = now.getTime();
  }

  async #publishReport(text: string, now: Date, signal: AbortSignal): Promise<void> {
    const report = { at: now.toISOString(), ...JSON.parse(text) };
    const { report_put: url } = this.#options.parameters.store;
    await putObject('sending the report', url, JSON.stringify(report), signal);
    this.#reported = { text, at: now.getTime() };
  }

  #report(): object {
    const { parameters, nodes } = this.#options;
    const ready = isNetworkReady(parameters.settings);
    return {
      nodes: nodes().map(({ name, role, version, address }) => ({ name, role, ready, version, address })),
      pods: kubeSystemPods(nodes(), parameters.settings).map(({ name, containers, node }) => ({
        name,
        ready: `${node ? containers.length : 0}/${containers.length}`,
        status: node ? 'Running' : 'Pending',
        restarts: 0,
        node: node?.name ?? '',
      })),
    };
  }
}
