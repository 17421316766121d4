import type { ServiceClient } from '../service-client.ts';
import { novaHeaders } from './microversion.ts';

/** Servers that are to be on different hosts, or on the same. */
export interface ServerGroup {
  id: string;
  /** Not unique. */
  name: string;
  /** `anti-affinity`, `soft-anti-affinity`, `affinity` or `soft-affinity`. */
  policy: string;
  serverIds: readonly string[];
}

interface WireServerGroup {
  id: string;
  name: string;
  policies: readonly string[];
  members: readonly string[];
}

/** GET /os-server-groups: the project's server groups. Nova pages them by their number, and does not say if there are more. */
export async function listServerGroups(
  nova: ServiceClient,
  { pageSize = 1000 }: { pageSize?: number } = {},
  signal?: AbortSignal,
): Promise<ServerGroup[]> {
  const groups: ServerGroup[] = [];
  for (;;) {
    const { server_groups: page } = await nova.get<{ server_groups: WireServerGroup[] }>(['os-server-groups'], {
      doing: 'Listing the server groups',
      ok: [200],
      headers: novaHeaders,
      query: { limit: pageSize, offset: groups.length },
      signal,
    });
    if (page.length === 0) return groups;
    groups.push(...page.map(groupFrom));
  }
}

function groupFrom({ id, name, policies, members }: WireServerGroup): ServerGroup {
  return { id, name, policy: policies[0] ?? '', serverIds: members };
}
