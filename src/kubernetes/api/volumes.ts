import type { V1PersistentVolume } from '@kubernetes/client-node';
import { everyPage } from './every-page.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

/** A PersistentVolume of a cluster. */
export interface Volume {
  readonly name: string;
  /** As Kubernetes writes quantities: `10Gi`. */
  readonly capacity: string;
  /** NAMESPACE/NAME of the claim that it was made for. */
  readonly claim?: string;
  /** Whether the cloud's volume goes with it, or stays. */
  readonly reclaimPolicy: string;
  /** Available, Bound, Released, Failed. */
  readonly phase: string;
  /** Who made it and what it is called there; with Cinder's driver, the id of the volume. */
  readonly csi?: { readonly driver: string; readonly volumeHandle: string };
}

/** GET /api/v1/persistentvolumes */
export async function listVolumes(api: KubernetesApi, signal?: AbortSignal): Promise<Volume[]> {
  const volumes = await api.ask({ doing: 'Listing the volumes of the cluster', signal }, ({ core }) =>
    everyPage((page) => core.listPersistentVolume(page)),
  );
  return volumes.map(volumeFrom);
}

function volumeFrom({ metadata, spec, status }: V1PersistentVolume): Volume {
  const { claimRef, csi } = spec ?? {};
  return {
    name: metadata?.name ?? '',
    capacity: spec?.capacity?.storage ?? '',
    ...(claimRef && { claim: `${claimRef.namespace}/${claimRef.name}` }),
    reclaimPolicy: spec?.persistentVolumeReclaimPolicy ?? '',
    phase: status?.phase ?? '',
    ...(csi && { csi: { driver: csi.driver, volumeHandle: csi.volumeHandle } }),
  };
}
