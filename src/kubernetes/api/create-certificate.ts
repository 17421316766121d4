import { randomBytes, X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../../secret.ts';
import { newCertificateRequest } from '../certificate-request.ts';
import type { Subject } from '../distinguished-name.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesError } from './kubernetes-error.ts';
import {
  approveSigningRequest,
  createSigningRequest,
  deleteSigningRequest,
  readSigningRequest,
} from './signing-requests.ts';

export interface CreateCertificateOptions extends Subject {
  /** At least ten minutes. */
  readonly lifetimeSeconds: number;
}

/** What somebody proves with who they are. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM. It has been on this machine alone. */
  readonly key: Secret;
  /** Until when; earlier than asked for where the cluster signs for shorter. */
  readonly until: Date;
}

const shortestSeconds = 600;
const askEveryMs = 200;
/** The signer is a loop of the controller manager, which answers within a second when it is well. */
const patienceMs = 20_000;

/**
 * Has the cluster sign a certificate for a user and its groups: makes a key, asks, approves the request as whoever `api`
 * is, waits for the signature and removes the request, which is of no use afterwards. A certificate cannot be taken back,
 * so its lifetime is what limits it.
 *
 * @throws KubernetesError when the cluster refuses or does not sign in time.
 */
export async function createCertificate(
  api: KubernetesApi,
  { user, groups, lifetimeSeconds }: CreateCertificateOptions,
  signal?: AbortSignal,
): Promise<IssuedCertificate> {
  if (lifetimeSeconds < shortestSeconds) throw new RangeError(`Kubernetes signs for no less than ${shortestSeconds} s`);
  const { request, key } = newCertificateRequest({ user, groups });
  const name = `slipway-${randomBytes(8).toString('hex')}`;
  await createSigningRequest(api, { name, request, expirationSeconds: lifetimeSeconds }, signal);
  try {
    await approveSigningRequest(api, name, signal);
    const certificate = await signedCertificate(api, name, signal);
    return { certificate, key, until: new Date(new X509Certificate(certificate).validTo) };
  } finally {
    // Without the signal, so that a caller who gives up leaves nothing behind; and what cannot be removed is removed by
    // Kubernetes itself, an hour after it was signed and a day after it was asked for.
    await deleteSigningRequest(api, name).catch(() => undefined);
  }
}

async function signedCertificate(api: KubernetesApi, name: string, signal: AbortSignal | undefined): Promise<string> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { certificate, refusal } = await readSigningRequest(api, name, signal);
    if (certificate !== undefined) return certificate;
    if (refusal !== undefined) throw unsigned(`the cluster does not sign it: ${refusal}`, false);
    if (performance.now() > until) throw unsigned(`it is not signed after ${patienceMs / 1000} s`, true);
    await sleep(askEveryMs, undefined, { signal });
  }
}

function unsigned(problem: string, retryable: boolean): KubernetesError {
  return new KubernetesError(
    `Waiting for a certificate: ${problem}`,
    { problem: 'answered' },
    { retryable, hint: 'See whether the controller manager of the cluster runs: it signs' },
  );
}
