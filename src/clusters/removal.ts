/** What tearing a cluster down would find, as one look at the cloud saw it. Plain data: it travels through Redis. */
export interface Removal {
  /** Name of the stack; undefined where there is none. */
  readonly stack?: string;
  /** How much is in it. */
  readonly resources: number;
  readonly servers: number;
  /** What Services of the type LoadBalancer have made; it goes with the cluster. */
  readonly loadBalancers: number;
  readonly floatingIps: number;
  /** What PersistentVolumeClaims have made; it stays unless somebody says otherwise. */
  readonly volumes: readonly RemovableVolume[];
}

export interface RemovableVolume {
  /** Its name, or its id where it has none. */
  readonly name: string;
  readonly gib: number;
}

/** How much the volumes hold together, in GiB. */
export function gibOf(volumes: readonly RemovableVolume[]): number {
  return volumes.reduce((sum, { gib }) => sum + gib, 0);
}
