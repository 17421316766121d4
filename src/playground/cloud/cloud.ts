import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../log.ts';
import { cinder } from './cinder/cinder-service.ts';
import { newCinder } from './cinder/state.ts';
import { writeCloudsFile } from './clouds-file.ts';
import { type FaultName, faultPlan } from './faults.ts';
import { glance } from './glance/glance-service.ts';
import { type GlanceOptions, newGlance, stopDownloads } from './glance/state.ts';
import { heat } from './heat/heat-service.ts';
import { newHeat } from './heat/state.ts';
import type { Service } from './http/exchange.ts';
import { createCloudServer, listen } from './http/serve.ts';
import { keystone } from './keystone/keystone-service.ts';
import { newKeystone } from './keystone/people.ts';
import type { Caller, KeystoneState } from './keystone/state.ts';
import { claimAddresses } from './neutron/claim-addresses.ts';
import { newNeutron } from './neutron/external-networks.ts';
import { neutron } from './neutron/neutron-service.ts';
import { newNova } from './nova/flavors.ts';
import { nova } from './nova/nova-service.ts';
import { octavia } from './octavia/octavia-service.ts';
import { newOctavia } from './octavia/state.ts';
import { type Delays, pacingOf } from './pacing.ts';
import { newSwift } from './swift/state.ts';
import { swift } from './swift/swift-service.ts';
import type { World } from './world.ts';

/** What a cloud of the playground can be told. */
export interface CloudOptions {
  log: Logger;
  /** Where clouds.yaml and what is too large for memory go; a temporary directory without. */
  directory?: string;
  /** How long things take: `none`, the default, for tests; `short` for people who watch. */
  delays?: Delays;
  /** Something that is to go wrong. */
  fail?: FaultName | undefined;
  /** How its Glance is set up. */
  glance?: GlanceOptions;
  /** How long tokens live; an hour without. */
  tokenLifetimeMs?: number;
  /** Bytes of the largest object of Swift that is not made of segments; some 5 GiB without. */
  largestObject?: number;
}

/** A cloud that runs. */
export interface PlaygroundCloud {
  /** Keystone's address, as clouds.yaml wants it. */
  authUrl: string;
  /** A clouds.yaml with `playground`, `playground-domain` and `playground-admin`. */
  cloudsFile: string;
  /** Ends it; what it held is gone. */
  close(): Promise<void>;
}

const services: readonly Service[] = [keystone, swift, glance, nova, neutron, cinder, octavia, heat];

const hourMs = 3_600_000;

/**
 * Starts an OpenStack of one process on a free port of 127.0.0.1: Keystone, Swift, Glance, Nova, Neutron, Heat and as
 * much of Cinder and Octavia as clusters use, which answer as the real ones do and keep everything in memory. Servers never boot.
 */
export async function startCloud(options: CloudOptions): Promise<PlaygroundCloud> {
  const { directory, remove } = await workDirectory(options.directory);
  const addresses = await claimAddresses();
  const { world, stop } = newWorld(options, directory, addresses.prefix);
  const server = createCloudServer(world, services);
  world.baseUrl = await listen(server);
  const authUrl = `${world.baseUrl}/identity/v3`;
  const cloudsFile = await writeCloudsFile(directory, authUrl);
  return {
    authUrl,
    cloudsFile,
    async close() {
      await stop();
      await closeServer(server);
      await addresses.release();
      await remove();
    },
  };
}

async function workDirectory(given: string | undefined): Promise<{ directory: string; remove: () => Promise<void> }> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true, mode: 0o700 });
    return { directory: given, remove: () => Promise.resolve() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'slipway-cloud-'));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

function newWorld(
  options: CloudOptions,
  directory: string,
  addressPrefix: string,
): { world: World; stop: () => Promise<void> } {
  const people = newKeystone(options.tokenLifetimeMs ?? hourMs);
  const pacing = pacingOf(options.delays ?? 'none');
  const timers = new Set<NodeJS.Timeout>();
  const world: World = {
    log: options.log,
    baseUrl: '',
    directory,
    pacing,
    faults: faultPlan(options.fail),
    keystone: people,
    swift: newSwift(options.largestObject),
    glance: newGlance(options.glance),
    nova: newNova(),
    neutron: newNeutron(operator(people), addressPrefix),
    cinder: newCinder(),
    octavia: newOctavia(),
    heat: newHeat(),
    later(work, act) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        act();
      }, pacing.of(work));
      timers.add(timer);
    },
  };
  return { world, stop: () => stopWork(world, timers) };
}

/** Nothing may go on behind the back of somebody who has closed the cloud. */
async function stopWork(world: World, timers: ReadonlySet<NodeJS.Timeout>): Promise<void> {
  const traversals = [...world.heat.stacks.values()].map(({ traversal }) => traversal);
  for (const traversal of traversals) traversal?.abort.abort('the cloud was closed');
  for (const timer of timers) clearTimeout(timer);
  await stopDownloads(world.glance);
  await Promise.all(traversals.map((traversal) => traversal?.settled));
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Who owns the external networks. */
function operator({ users, projects }: KeystoneState): Caller {
  const user = users.find(({ name }) => name === 'admin');
  const project = projects.find(({ name }) => name === 'admin');
  if (user === undefined || project === undefined) throw new Error('the playground has no administrator');
  const { id: projectId, name: projectName } = project;
  return {
    userId: user.id,
    userName: user.name,
    projectId,
    projectName,
    domainId: user.domain.id,
    roles: ['admin'],
    isAdmin: true,
    delegated: false,
  };
}
