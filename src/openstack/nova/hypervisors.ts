import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** A host that servers run on. */
export interface Hypervisor {
  id: string;
  hostname: string;
  type: string;
  /** `up` or `down`. */
  state: string;
  /** `enabled` or `disabled`. */
  status: string;
  vcpus: number;
  vcpusUsed: number;
  ramMib: number;
  ramUsedMib: number;
  servers: number;
}

/** GET /os-hypervisors/detail, for operators; 403 for everybody else. */
export async function listHypervisors(nova: ServiceClient, signal?: AbortSignal): Promise<Hypervisor[]> {
  const { hypervisors } = await nova.get<{
    hypervisors: {
      id: string;
      hypervisor_hostname: string;
      hypervisor_type: string;
      state: string;
      status: string;
      vcpus: number;
      vcpus_used: number;
      memory_mb: number;
      memory_mb_used: number;
      running_vms: number;
    }[];
  }>(['os-hypervisors', 'detail'], {
    doing: 'Listing the hypervisors',
    ok: [200],
    headers: novaHeaders,
    signal,
  });
  return hypervisors.map((wire) => ({
    id: wire.id,
    hostname: wire.hypervisor_hostname,
    type: wire.hypervisor_type,
    state: wire.state,
    status: wire.status,
    vcpus: wire.vcpus,
    vcpusUsed: wire.vcpus_used,
    ramMib: wire.memory_mb,
    ramUsedMib: wire.memory_mb_used,
    servers: wire.running_vms,
  }));
}
