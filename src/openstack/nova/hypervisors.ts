import type { ServiceClient } from '../service-client.ts';
import { listAll } from './listing.ts';

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

interface WireHypervisor {
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
}

/** GET /os-hypervisors/detail, for operators; 403 for everybody else. */
export async function listHypervisors(nova: ServiceClient, signal?: AbortSignal): Promise<Hypervisor[]> {
  const wire = await listAll<WireHypervisor>(
    nova,
    {
      path: ['os-hypervisors', 'detail'],
      key: 'hypervisors',
      doing: 'Listing the hypervisors',
      markerOf: ({ id }) => id,
    },
    signal,
  );
  return wire.map((hypervisor) => ({
    id: hypervisor.id,
    hostname: hypervisor.hypervisor_hostname,
    type: hypervisor.hypervisor_type,
    state: hypervisor.state,
    status: hypervisor.status,
    vcpus: hypervisor.vcpus,
    vcpusUsed: hypervisor.vcpus_used,
    ramMib: hypervisor.memory_mb,
    ramUsedMib: hypervisor.memory_mb_used,
    servers: hypervisor.running_vms,
  }));
}
