import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** How much of something the project has and may have. No `max` means no limit. */
export interface Limit {
  used: number;
  max?: number;
}

export interface ComputeLimits {
  servers: Limit;
  cores: Limit;
  ramMib: Limit;
  keypairs: { max?: number };
}

/** GET /limits: the project's quota for servers, cores and memory, and what is used of it. */
export async function getLimits(nova: ServiceClient, signal?: AbortSignal): Promise<ComputeLimits> {
  const { limits } = await nova.get<{ limits: { absolute: Readonly<Record<string, number>> } }>(['limits'], {
    doing: 'Reading the quota of the project',
    ok: [200],
    headers: novaHeaders,
    signal,
  });
  const { absolute } = limits;
  return {
    servers: { used: absolute.totalInstancesUsed ?? 0, ...upTo(absolute.maxTotalInstances) },
    cores: { used: absolute.totalCoresUsed ?? 0, ...upTo(absolute.maxTotalCores) },
    ramMib: { used: absolute.totalRAMUsed ?? 0, ...upTo(absolute.maxTotalRAMSize) },
    keypairs: upTo(absolute.maxTotalKeypairs),
  };
}

/** Nova writes -1 for no limit. */
function upTo(max: number | undefined): { max?: number } {
  return max === undefined || max < 0 ? {} : { max };
}
