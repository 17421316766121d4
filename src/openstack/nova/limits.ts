import { type Limit, upTo } from '../limit.ts';
import type { ServiceClient } from '../service-client.ts';
import { listKeypairs } from './keypairs.ts';
import { novaHeaders } from './microversion.ts';

/** What Nova counts. */
export interface ComputeLimits {
  servers: Limit;
  cores: Limit;
  ramMib: Limit;
  /** The user's, not the project's. */
  keypairs: Limit;
  serverGroups: Limit;
  /** How many servers a single group may have. */
  serverGroupMembers: { max?: number };
}

/**
 * GET /limits: the quota of the project, and what is used of it. It does not say how many keypairs the user has, so
 * those are counted.
 */
export async function getLimits(nova: ServiceClient, signal?: AbortSignal): Promise<ComputeLimits> {
  const [{ limits }, keypairs] = await Promise.all([
    nova.get<{ limits: { absolute: Readonly<Record<string, number>> } }>(['limits'], {
      doing: 'Reading the quota of the project',
      ok: [200],
      headers: novaHeaders,
      signal,
    }),
    listKeypairs(nova, {}, signal),
  ]);
  const { absolute } = limits;
  return {
    servers: { used: absolute.totalInstancesUsed ?? 0, ...upTo(absolute.maxTotalInstances) },
    cores: { used: absolute.totalCoresUsed ?? 0, ...upTo(absolute.maxTotalCores) },
    ramMib: { used: absolute.totalRAMUsed ?? 0, ...upTo(absolute.maxTotalRAMSize) },
    keypairs: { used: keypairs.length, ...upTo(absolute.maxTotalKeypairs) },
    serverGroups: { used: absolute.totalServerGroupsUsed ?? 0, ...upTo(absolute.maxServerGroups) },
    serverGroupMembers: upTo(absolute.maxServerGroupMembers),
  };
}
