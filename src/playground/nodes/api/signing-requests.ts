import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CertificateAuthority } from '../certificate-authority.ts';
import { type ReadRequest, readCertificateRequest } from '../read-certificate-request.ts';
import type { ApiObject, Collection } from './collection.ts';
import { ApiFailure } from './failure.ts';
import type { Identity } from './identity.ts';
import { StoredCollection } from './stored-collection.ts';
import type { Target } from './target.ts';

const signer = 'kubernetes.io/kube-apiserver-client';
/** The controller manager's --cluster-signing-duration. */
const longestSeconds = 365 * 24 * 3600;
/** The signer is another program, which sees an approval a moment later. */
const signingMs = 50;

const specShape = z.looseObject({
  request: z.string(),
  signerName: z.string(),
  usages: z.array(z.string()),
  expirationSeconds: z.int().default(longestSeconds),
});
const conditionsShape = z.object({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })) });

type Spec = z.output<typeof specShape>;

/**
 * Requests for certificates, and the signer behind them: signs for clients what was approved, with the subject and the
 * key of the request.
 * https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
 */
export class SigningRequests implements Collection {
  readonly apiVersion = 'certificates.k8s.io/v1';
  readonly kind = 'CertificateSigningRequest';
  readonly namespaced = false;
  readonly #stored = new StoredCollection(this);
  readonly #authority: CertificateAuthority;

  constructor(authority: CertificateAuthority) {
    this.#authority = authority;
  }

  list(): readonly ApiObject[] {
    return this.#stored.list();
  }

  create({ metadata, spec }: ApiObject, { user, groups }: Identity): ApiObject {
    const asked = this.#checked(metadata.name, spec);
    return this.#stored.create({ metadata, spec: { ...asked, username: user, groups }, status: {} });
  }

  /** Only the approval: who may update a request may not change what it asks for. */
  update({ name, subresource }: Target & { name: string }, object: ApiObject): ApiObject {
    const stored = this.list().find(({ metadata }) => metadata.name === name);
    if (stored === undefined || subresource !== 'approval') {
      throw new ApiFailure('MethodNotAllowed', 'the server does not allow this method on the requested resource');
    }
    const { conditions } = conditionsShape.parse(object.status);
    stored.status = { ...(stored.status as object), conditions };
    if (conditions.some(({ type }) => type === 'Approved')) void this.#signSoon(stored);
    return stored;
  }

  delete(target: Target): void {
    this.#stored.delete(target);
  }

  async #signSoon(object: ApiObject): Promise<void> {
    await sleep(signingMs, undefined, { ref: false });
    const { request, signerName, expirationSeconds } = object.spec as Spec;
    if (signerName !== signer) return;
    const { name, publicKey } = read(request);
    const notAfter = new Date(Date.now() + Math.min(expirationSeconds, longestSeconds) * 1000);
    const certificate = this.#authority.sign({ subject: name, publicKey, usage: 'client', notAfter });
    object.status = { ...(object.status as object), certificate: Buffer.from(certificate).toString('base64') };
  }

  #checked(name: string, spec: unknown): Spec {
    const invalid = (field: string, problem: string): ApiFailure =>
      new ApiFailure('Invalid', `${this.kind}.certificates.k8s.io "${name}" is invalid: spec.${field}: ${problem}`);
    const result = specShape.safeParse(spec);
    if (!result.success) throw invalid(result.error.issues[0]?.path.join('.') ?? '', 'Required value');
    const { request, signerName, expirationSeconds } = result.data;
    if (expirationSeconds < 600) {
      throw invalid(
        'expirationSeconds',
        `Invalid value: ${expirationSeconds}: may not specify a duration less than 600 seconds (10 minutes)`,
      );
    }
    if (signerName === signer && groupsOf(request, invalid).includes('system:masters')) {
      throw new ApiFailure('Forbidden', `use of ${signer} signer with system:masters group is not allowed`);
    }
    return result.data;
  }
}

function groupsOf(request: string, invalid: (field: string, problem: string) => ApiFailure): readonly string[] {
  try {
    return read(request).subject.groups;
  } catch (error) {
    throw invalid('request', `Invalid value: ${error instanceof Error ? error.message : error}`);
  }
}

function read(request: string): ReadRequest {
  return readCertificateRequest(Buffer.from(request, 'base64').toString('latin1'));
}
