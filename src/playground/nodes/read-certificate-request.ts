import { createPublicKey, verify } from 'node:crypto';
import { oid } from '../../kubernetes/der.ts';
import type { Subject } from '../../kubernetes/distinguished-name.ts';
import { type DerValue, readDer } from './read-der.ts';

/** What somebody asks a certificate for. */
export interface ReadRequest {
  /** Who they want to be: as the API understands it, and in DER. */
  readonly subject: Subject;
  readonly name: Buffer;
  /** A SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
}

const commonName = oid('2.5.4.3');
const organization = oid('2.5.4.10');

/**
 * Reads a PKCS#10 request (RFC 2986) in PEM, and sees whether its sender has the private key.
 *
 * @throws Error that says what is wrong with it.
 */
export function readCertificateRequest(text: string): ReadRequest {
  const base64 = /-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----/.exec(text);
  if (base64?.[1] === undefined) throw new Error('PEM block type must be CERTIFICATE REQUEST');
  const [information, , signature] = inside(readDer(Buffer.from(base64[1], 'base64'))[0]);
  const [, name, publicKey] = inside(information);
  if (!information || !name || !publicKey || !signature) throw new Error('asn1: structure error');

  const key = createPublicKey({ key: publicKey.whole, format: 'der', type: 'spki' });
  // The first byte of a bit string says how many bits of the last one do not count: none.
  if (!verify('sha256', information.whole, key, signature.content.subarray(1))) {
    throw new Error('x509: signature verification failed');
  }
  return { subject: subjectOf(name), name: name.whole, publicKey: publicKey.whole };
}

function subjectOf(name: DerValue): Subject {
  const attributes = inside(name).flatMap(inside).map(inside);
  const values = (type: Buffer): string[] =>
    attributes.filter(([id]) => id?.whole.equals(type)).map(([, value]) => value?.content.toString() ?? '');
  return { user: values(commonName)[0] ?? '', groups: values(organization) };
}

function inside(value: DerValue | undefined): DerValue[] {
  return value === undefined ? [] : readDer(value.content);
}
