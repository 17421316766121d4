/** A server of a cluster that has joined it. */
export interface BootedNode {
  readonly name: string;
  readonly role: 'control-plane' | 'node';
  readonly version: string;
  readonly address: string;
  readonly joinedAt: Date;
}

/** What of a cluster's settings decides which pods run in it. */
export interface ClusterSettings {
  readonly cni: string;
  readonly cloud_provider: boolean;
  readonly cinder_csi: boolean;
}

/** Without a network plugin no kubelet is ready, and pods that want an address stay pending. */
export function isNetworkReady({ cni }: ClusterSettings): boolean {
  return cni !== 'none';
}
