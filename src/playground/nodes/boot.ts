import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootParameters, SignalCredentials } from './boot-script.ts';

/** How a first boot went, as the server tells Heat. */
export interface BootOutcome {
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly reason: string;
}

const callMs = 30_000;
const downloadMs = 10 * 60_000;

/** Does over HTTP what boot.sh does: fetches the release by its signed URL and compares its digest. */
export async function fetchRelease(
  hostname: string,
  { server_url, server_sha256, version }: BootParameters,
  signal: AbortSignal,
): Promise<BootOutcome> {
  const actual = await digestOf(server_url, AbortSignal.any([signal, AbortSignal.timeout(downloadMs)])).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    },
  );
  if (actual instanceof Error) {
    return { status: 'FAILURE', reason: `fetching the Kubernetes tarball: ${actual.message}` };
  }
  if (actual !== server_sha256) {
    const [got, expected] = [actual, server_sha256].map((digest) => `${digest.slice(0, 12)}...`);
    return { status: 'FAILURE', reason: `the Kubernetes tarball has sha256 ${got}, expected ${expected}` };
  }
  return { status: 'SUCCESS', reason: `Kubernetes ${version} is on ${hostname}` };
}

async function digestOf(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throw new Error('Swift does not answer', { cause });
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`Swift answered ${response.status}; the signed URL may have expired`);
  }
  const digest = createHash('sha256');
  for await (const chunk of response.body) digest.update(chunk);
  return digest.digest('hex');
}

/** Tells Heat how it went, as boot.sh does: a token of the user that Heat made for this, then the signal. */
export async function tellHeat(
  hostname: string,
  { signal: credentials, server_sha256, version }: BootParameters,
  { status, reason }: BootOutcome,
  signal: AbortSignal,
): Promise<void> {
  const token = await logIn(credentials, signal);
  const data = JSON.stringify({ hostname, sha256: server_sha256, version });
  const response = await post(credentials.alarm_url, { status, reason, data, id: hostname }, signal, {
    'x-auth-token': token,
  });
  await response.body?.cancel();
}

async function logIn({ auth_url, user_id, password, project_id }: SignalCredentials, signal: AbortSignal) {
  // Heat gives Keystone's address without /v3, with it, or with it twice.
  const keystone = auth_url.replace(/\/+$/, '').replace(/(\/v3)+$/, '');
  const identity = { methods: ['password'], password: { user: { id: user_id, password } } };
  const auth = { identity, scope: { project: { id: project_id } } };
  const response = await post(`${keystone}/v3/auth/tokens`, { auth }, signal);
  await response.body?.cancel();
  const token = response.headers.get('x-subject-token');
  if (token === null) throw new Error('Keystone answered without a token');
  return token;
}

async function post(url: string, body: object, signal: AbortSignal, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(callMs)]),
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`${new URL(url).pathname} answered ${response.status}`);
}

/** Tries something a few times, as a server that boots would: the cloud may be out of breath. */
export async function insist(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (const pauseMs of [200, 500, 1_000, 2_000]) {
    try {
      return await action();
    } catch {
      await sleep(pauseMs, undefined, { signal });
    }
  }
  await action();
}
