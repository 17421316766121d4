import { generateKeyPairSync, sign } from 'node:crypto';
import { Secret } from '../secret.ts';
import { bitString, ecdsaWithSha256, integer, sequence, tagged } from './der.ts';
import { distinguishedName, type Subject } from './distinguished-name.ts';
import { pem } from './pem.ts';

/** A new private key and a request for a certificate that goes with it, both PEM. */
export interface CertificateRequest {
  readonly request: string;
  /** PKCS#8. */
  readonly key: Secret;
}

/** A P-256 key and a PKCS#10 request (RFC 2986) with nothing but the subject in it. */
export function newCertificateRequest(subject: Subject): CertificateRequest {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const version1 = integer(Buffer.from([0]));
  const noAttributes = tagged(0xa0);
  const information = sequence(
    version1,
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    noAttributes,
  );
  const signature = bitString(sign('sha256', information, privateKey));
  return {
    request: pem('CERTIFICATE REQUEST', sequence(information, ecdsaWithSha256, signature)),
    key: new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
}
