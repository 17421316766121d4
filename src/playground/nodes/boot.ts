import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootObject, BootParameters, SignalCredentials } from './boot-script.ts';

/** How a first boot went, as the server tells Heat. */
export interface BootOutcome {
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly reason: string;
}

const callMs = 30_000;
const downloadMs = 10 * 60_000;
const longestReason = 500;

/** Does over HTTP what boot.sh does: fetches every object of the release by its signed URL, and compares what came. */
export async function fetchRelease(
  hostname: string,
  { objects, version }: Pick<BootParameters, 'objects' | 'version'>,
  signal: AbortSignal,
): Promise<BootOutcome> {
  try {
    assertRelease(objects);
    for (const object of objects) await fetchObject(object, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { status: 'FAILURE', reason: error instanceof Error ? error.message : String(error) };
  }
  return { status: 'SUCCESS', reason: `Kubernetes ${version} is on ${hostname}` };
}

/** Names become paths on a server, so they are looked at before anything is fetched. */
function assertRelease(objects: readonly BootObject[]): void {
  const refuse = (problem: string): never => {
    throw new Error(`reading the release: ${problem}`);
  };
  for (const [index, { name, kind }] of objects.entries()) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(name)) {
      refuse(`name of object ${index + 1} is not what it has to be: '${name.slice(0, 80)}'`);
    }
    const isTwin = (other: BootObject): boolean => other.name === name || (kind !== 'file' && other.kind === kind);
    if (objects.slice(0, index).some(isTwin)) refuse(`${name} is one too many of its name or kind`);
  }
  if (!objects.some(({ kind }) => kind === 'kubernetes')) refuse('Kubernetes is not among the objects');
}

async function fetchObject({ name, url, size, sha256 }: BootObject, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]);
  const actual = await measured(url, deadline).catch((cause: Error) => {
    throw new Error(`fetching ${name}: ${cause.message}`, { cause });
  });
  if (actual.size !== size) throw new Error(`${name} has ${actual.size} bytes, expected ${size}`);
  if (actual.sha256 !== sha256) {
    const [got, expected] = [actual.sha256, sha256].map((digest) => `${digest.slice(0, 12)}...`);
    throw new Error(`${name} has sha256 ${got}, expected ${expected}`);
  }
}

async function measured(url: string, signal: AbortSignal): Promise<{ size: number; sha256: string }> {
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throw new Error('Swift does not answer', { cause });
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`Swift answered ${response.status}; the signed URL may have expired`);
  }
  const digest = createHash('sha256');
  let size = 0;
  for await (const chunk of response.body) {
    digest.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: digest.digest('hex') };
}

/** Tells Heat how it went, as boot.sh does: a token of the user that Heat made for this, then the signal. */
export async function tellHeat(
  hostname: string,
  { signal: credentials, release, version }: Pick<BootParameters, 'signal' | 'release' | 'version'>,
  { status, reason }: BootOutcome,
  signal: AbortSignal,
): Promise<void> {
  const token = await logIn(credentials, signal);
  const data = JSON.stringify({ hostname, release, version });
  const body = { status, reason: reason.slice(0, longestReason), data, id: hostname };
  const response = await post(credentials.alarm_url, body, signal, { 'x-auth-token': token });
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
export async function insist<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pauseMs of [200, 500, 1_000, 2_000]) {
    try {
      return await action();
    } catch {
      await sleep(pauseMs, undefined, { signal });
    }
  }
  return action();
}
