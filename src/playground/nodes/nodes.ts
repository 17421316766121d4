import { setTimeout as sleep } from 'node:timers/promises';
import { OpenStackError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { listHypervisors } from '../../openstack/nova/hypervisors.ts';
import { getServer, listServers, type Server } from '../../openstack/nova/servers.ts';
import type { OpenStack } from '../../openstack/openstack.ts';
import { type BootParameters, parseBootScript } from './boot-script.ts';
import { StandInServer } from './stand-in-server.ts';

export interface NodesOptions {
  /** With an administrator's credentials: nobody else may read user data. */
  readonly openstack: OpenStack;
  readonly log: Logger;
  /** How long a boot or an upgrade takes: `short` leaves time to watch, `none` is for tests. */
  readonly pace?: 'short' | 'none';
}

const pollMs = { short: 1_000, none: 100 } as const;
const bootMs = { short: 1_500, none: 0 } as const;
const upgradeMs = { short: 3_000, none: 0 } as const;

/**
 * Stands in for servers whose hypervisor only pretends. Whenever Nova has a new ACTIVE server with Slipway's boot script,
 * in whatever project, this does over the network what the server would do if it booted, and serves a Kubernetes API at
 * the public address of a cluster until its first control plane is gone. Servers upgrade themselves as soon as there is an
 * instruction for them, which a real one looks for once a minute.
 */
export async function startNodes({
  openstack,
  log,
  pace = 'short',
}: NodesOptions): Promise<{ close(): Promise<void> }> {
  const stop = new AbortController();
  const standIns = new Map<string, StandInServer>();
  /** Servers with other user data than Slipway's; asked for once. */
  const foreign = new Set<string>();

  const meet = async (server: Server): Promise<void> => {
    const userData = server.userData ?? (await getServer(openstack.nova, server.id, stop.signal)).userData ?? '';
    const parameters = readBootScript(server, userData, log);
    if (parameters === undefined) {
      foreign.add(server.id);
      return;
    }
    const standIn = new StandInServer({
      server,
      parameters,
      log,
      peers: () => [...standIns.values()],
      pollMs: pollMs[pace],
      upgradeMs: upgradeMs[pace],
    });
    standIns.set(server.id, standIn);
    standIn.boot(bootMs[pace]);
  };

  const look = async (): Promise<void> => {
    const servers = await listServers(openstack.nova, { allProjects: true }, stop.signal);
    await forget(servers, standIns, foreign);
    for (const server of servers) {
      if (server.status === 'ACTIVE' && !standIns.has(server.id) && !foreign.has(server.id)) await meet(server);
    }
    for (const standIn of standIns.values()) {
      await standIn.serve(stop.signal);
      standIn.lookForInstruction();
    }
  };

  const running = forever(look, pollMs[pace], log, stop.signal);
  return {
    async close() {
      stop.abort();
      await running;
      await forget([], standIns, foreign);
    },
  };
}

/** True when every hypervisor only pretends; false as well for somebody who may not ask. */
export async function isFakeHypervisor(openstack: OpenStack): Promise<boolean> {
  try {
    const hypervisors = await listHypervisors(openstack.nova);
    return hypervisors.length > 0 && hypervisors.every(({ type }) => type === 'fake');
  } catch (error) {
    if (error instanceof OpenStackError && error.status === 403) return false;
    throw error;
  }
}

function readBootScript(server: Server, userData: string, log: Logger): BootParameters | undefined {
  try {
    return parseBootScript(userData);
  } catch (error) {
    log.warn({ err: error, server: server.name }, 'the boot script has parameters that cannot be read');
    return undefined;
  }
}

/** Ends the stand-ins of servers that are no longer there. */
async function forget(
  servers: readonly Server[],
  standIns: Map<string, StandInServer>,
  foreign: Set<string>,
): Promise<void> {
  const present = new Set(servers.map(({ id }) => id));
  for (const id of foreign) if (!present.has(id)) foreign.delete(id);
  for (const [id, standIn] of standIns) {
    if (present.has(id)) continue;
    standIns.delete(id);
    await standIn.close();
  }
}

/** A look that goes wrong is no reason to stop looking: a cloud that is being restarted comes back. */
async function forever(look: () => Promise<void>, everyMs: number, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await look();
      await sleep(everyMs, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'looking for new servers did not work');
      await sleep(5 * everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
