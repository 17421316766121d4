import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';

/** Connects to the cloud that a contract is about. */
export type ConnectTo = () => Promise<OpenStack>;

/** A name that no other run uses. */
export function uniqueName(about: string): string {
  return `contract-${about}-${randomBytes(4).toString('hex')}`;
}

/** Connects to an entry of a clouds.yaml. */
export async function connectToCloud(cloudsFile: string, name: string): Promise<OpenStack> {
  return connect(readCloud(name, { OS_CLIENT_CONFIG_FILE: cloudsFile }), { log: silentLogger() });
}

/** The connection of a describe block: made before its tests and closed after them. */
export function connection(connectTo: ConnectTo): () => OpenStack {
  let openstack: OpenStack | undefined;
  beforeAll(async () => {
    openstack = await connectTo();
  });
  afterAll(() => openstack?.close());
  return () => {
    if (openstack === undefined) throw new Error('The connection is not made yet');
    return openstack;
  };
}

/** Asks again until the answer is there. The runner's own time-out ends it. */
export async function eventually<T>(ask: () => Promise<T | undefined>, everyMs = 500): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(everyMs);
  }
}
