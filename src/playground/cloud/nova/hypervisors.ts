import { atLeast } from './microversion.ts';
import type { NovaState } from './state.ts';

/** The one hypervisor, of the kind that only pretends; nobody has to guess that nothing boots here. */
export function hypervisorView(nova: NovaState, version: string): Record<string, unknown> {
  const byId = atLeast(version, '2.53');
  return {
    id: byId ? '7f6cd7a2-0000-4000-8000-000000000001' : 1,
    hypervisor_hostname: 'playground',
    state: 'up',
    status: 'enabled',
    hypervisor_type: 'fake',
    hypervisor_version: 1000,
    host_ip: '127.0.0.1',
    service: { id: byId ? '7f6cd7a2-0000-4000-8000-000000000002' : 1, host: 'playground', disabled_reason: null },
    ...(atLeast(version, '2.88') ? { uptime: null } : usage(nova)),
  };
}

function usage(nova: NovaState): object {
  const servers = [...nova.servers.values()];
  const memory = servers.reduce((sum, { flavor }) => sum + flavor.ram, 0);
  return {
    vcpus: 1000,
    vcpus_used: servers.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    memory_mb: 800_000,
    memory_mb_used: memory,
    free_ram_mb: 800_000 - memory,
    local_gb: 600_000,
    local_gb_used: servers.reduce((sum, { flavor }) => sum + flavor.disk, 0),
    running_vms: servers.length,
  };
}
