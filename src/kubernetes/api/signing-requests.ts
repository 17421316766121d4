import type { V1CertificateSigningRequest } from '@kubernetes/client-node';
import type { KubernetesApi } from './kubernetes-api.ts';
import { isMissing } from './kubernetes-error.ts';

/** A CertificateSigningRequest object of the API. */
export interface NewSigningRequest {
  readonly name: string;
  /** PKCS#10, PEM. */
  readonly request: string;
  /** How long the certificate is to be good. The signer may give less, and the API refuses less than 600. */
  readonly expirationSeconds: number;
}

/** How far a request has come. */
export interface SigningRequest {
  readonly name: string;
  /** PEM text; there once the signer has signed. */
  readonly certificate?: string;
  /** Why there will be none. */
  readonly refusal?: string;
}

/** The signer for users of the API: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers */
const signerName = 'kubernetes.io/kube-apiserver-client';

/** POST /apis/certificates.k8s.io/v1/certificatesigningrequests. 403 for the group `system:masters`. */
export async function createSigningRequest(
  api: KubernetesApi,
  { name, request, expirationSeconds }: NewSigningRequest,
  signal?: AbortSignal,
): Promise<void> {
  const body: V1CertificateSigningRequest = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request: base64(request), signerName, usages: ['client auth'], expirationSeconds },
  };
  await api.ask({ doing: 'Asking the cluster for a certificate', signal }, ({ certificates }) =>
    certificates.createCertificateSigningRequest({ body }),
  );
}

/**
 * PUT …/{name}/approval, after a GET: the API takes the whole object. Takes the verbs `update` of
 * certificatesigningrequests/approval and `approve` of the signer.
 */
export async function approveSigningRequest(api: KubernetesApi, name: string, signal?: AbortSignal): Promise<void> {
  await api.ask({ doing: 'Approving a certificate', signal }, async ({ certificates }) => {
    const body = await certificates.readCertificateSigningRequest({ name });
    const approved = { type: 'Approved', status: 'True', reason: 'SlipwayApproved', message: 'Asked for by Slipway' };
    body.status = { ...body.status, conditions: [...(body.status?.conditions ?? []), approved] };
    await certificates.replaceCertificateSigningRequestApproval({ name, body });
  });
}

/** GET …/{name} */
export async function readSigningRequest(
  api: KubernetesApi,
  name: string,
  signal?: AbortSignal,
): Promise<SigningRequest> {
  const { status } = await api.ask({ doing: 'Asking for a certificate', signal }, ({ certificates }) =>
    certificates.readCertificateSigningRequest({ name }),
  );
  const no = status?.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed');
  return {
    name,
    ...(status?.certificate && { certificate: Buffer.from(status.certificate, 'base64').toString() }),
    ...(no && { refusal: no.message || no.reason || no.type }),
  };
}

/** DELETE …/{name}. One that is gone already is a success. */
export async function deleteSigningRequest(api: KubernetesApi, name: string, signal?: AbortSignal): Promise<void> {
  try {
    await api.ask({ doing: 'Removing the request for a certificate', signal }, ({ certificates }) =>
      certificates.deleteCertificateSigningRequest({ name }),
    );
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
