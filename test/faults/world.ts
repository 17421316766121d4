import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import type { RetryPolicy } from '../../src/openstack/retry.ts';
import { startCloud } from '../../src/playground/cloud/cloud.ts';
import { startNodes } from '../../src/playground/nodes/nodes.ts';
import { FaultProxy } from '../support/fault-proxy.ts';

/** A cloud whose servers say that they have booted without ever booting, with the fault proxy in front of it. */
export interface FaultyCloud {
  readonly proxy: FaultProxy;
  /** A new login through the proxy, as another worker process would have it. Closed with the cloud. */
  connect(): OpenStack;
  /** The clouds.yaml that leads past the proxy. */
  readonly cloudsFile: string;
  /** Past the proxy: what there really is. */
  readonly direct: OpenStack;
  close(): Promise<void>;
}

/** What is put behind the proxy. */
interface Behind {
  readonly cloudsFile: string;
  /** The cloud of the file; an administrator is `NAME-admin`. */
  readonly name: string;
  readonly retry: RetryPolicy;
  close(): Promise<void>;
}

/**
 * How long clients of the playground's cloud wait for an answer, in milliseconds: far more than it takes, also for a dozen
 * clouds in one process on a busy machine.
 */
export const longestCallMs = 3_000;

/** Retries as in production, but at the pace of a test. */
const brisk: RetryPolicy = { attempts: 4, firstWaitMs: 5, longestWaitMs: 1_500, longestCallMs };
const patient: RetryPolicy = { attempts: 4, firstWaitMs: 100, longestWaitMs: 1_500 };

/** Starts a playground's cloud of one's own, which does everything at once, and the proxy. */
export async function startFaultyCloud(): Promise<FaultyCloud> {
  const cloud = await startCloud({ log: silentLogger(), delays: 'none' });
  return putBehindProxy({ cloudsFile: cloud.cloudsFile, name: 'playground', retry: brisk, close: () => cloud.close() });
}

/** Starts the proxy for the cloud `lab` of an OpenStack that runs already. */
export async function openFaultyLab(cloudsFile: string): Promise<FaultyCloud> {
  return putBehindProxy({ cloudsFile, name: 'lab', retry: patient, close: () => Promise.resolve() });
}

async function putBehindProxy({ cloudsFile, name, retry, close }: Behind): Promise<FaultyCloud> {
  const log = silentLogger();
  const directory = await mkdtemp(join(tmpdir(), 'slipway-faults-'));
  const { authUrl } = readCloud(name, { OS_CLIENT_CONFIG_FILE: cloudsFile });
  const proxy = await FaultProxy.start(authUrl);
  const throughProxy = join(directory, 'clouds.yaml');
  const text = await readFile(cloudsFile, 'utf8');
  await writeFile(throughProxy, text.replaceAll(authUrl, await proxy.authUrl()), { mode: 0o600 });

  const open: OpenStack[] = [];
  const login = (file: string, as: string, policy?: RetryPolicy) => {
    const cloud = readCloud(as, { OS_CLIENT_CONFIG_FILE: file });
    const openstack = connect(cloud, { log, ...(policy && { retry: policy }) });
    open.push(openstack);
    return openstack;
  };
  const nodes = await startNodes({ openstack: login(cloudsFile, `${name}-admin`), log, pace: 'none' });
  return {
    proxy,
    cloudsFile,
    connect: () => login(throughProxy, name, retry),
    direct: login(cloudsFile, name),
    async close() {
      await nodes.close();
      await Promise.all(open.map((openstack) => openstack.close()));
      await proxy.close();
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
