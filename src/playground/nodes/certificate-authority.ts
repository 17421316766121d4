import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import {
  bitString,
  bool,
  ecdsaWithSha256,
  integer,
  octetString,
  oid,
  sequence,
  tagged,
  utcTime,
} from '../../kubernetes/der.ts';
import { distinguishedName, type Subject } from '../../kubernetes/distinguished-name.ts';
import { pem } from '../../kubernetes/pem.ts';

/** A private key and a certificate for it, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** What an authority puts its name to. */
export interface ToSign {
  /** A distinguished name in DER. */
  readonly subject: Buffer;
  /** A SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  readonly usage: 'server' | 'client';
  /** What a server may be called by. */
  readonly names?: readonly string[];
  readonly notAfter: Date;
}

const hourMs = 3600_000;
const yearMs = 365 * 24 * hourMs;
/** Clocks of those who look at a certificate may be behind. */
const backdateMs = hourMs;

const version3 = tagged(0xa0, integer(Buffer.from([2])));
const usages = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

/**
 * The authority of one cluster, as `kubeadm init` makes it: for ten years, with P-256 keys. Node.js makes keys and
 * signatures but no certificates, so the nested values of RFC 5280 are written here.
 */
export class CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;
  readonly #name: Buffer;
  readonly #notAfter: Date;

  constructor(commonName = 'kubernetes', now = new Date()) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.#publicKey = publicKey.export({ type: 'spki', format: 'der' });
    this.#name = distinguishedName({ user: commonName, groups: [] });
    this.#notAfter = new Date(now.getTime() + 10 * yearMs);
    this.certificate = this.#signed({
      subject: this.#name,
      publicKey: this.#publicKey,
      now,
      notAfter: this.#notAfter,
      extensions: [
        extension('2.5.29.19', sequence(bool(true)), 'critical'), // basicConstraints: it is an authority
        extension('2.5.29.15', bitString(Buffer.from([0b10000100]), 2), 'critical'), // keyUsage: also keyCertSign
        extension('2.5.29.14', octetString(keyId(this.#publicKey))),
      ],
    });
  }

  /** `sha256:…` of its public key, by which `kubeadm join` knows the right cluster. */
  get publicKeyHash(): string {
    return `sha256:${createHash('sha256').update(this.#publicKey).digest('hex')}`;
  }

  /** A certificate for a server with these names and IPv4 addresses. */
  issueServer(names: readonly string[], now = new Date()): Certificate {
    const subject = { user: 'kube-apiserver', groups: [] };
    return this.#issue(subject, { usage: 'server', names, now, notAfter: new Date(now.getTime() + yearMs) });
  }

  /** A certificate with which a user proves who they are. */
  issueClient(subject: Subject, { now = new Date(), notAfter = new Date(now.getTime() + yearMs) } = {}): Certificate {
    return this.#issue(subject, { usage: 'client', now, notAfter });
  }

  /** A certificate, PEM, for somebody else's key. */
  sign({ usage, names = [], notAfter, ...what }: ToSign, now = new Date()): string {
    const alternatives = names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names.map(generalName)))];
    return this.#signed({
      ...what,
      now,
      notAfter: notAfter < this.#notAfter ? notAfter : this.#notAfter,
      extensions: [
        extension('2.5.29.15', bitString(Buffer.from([0b10000000]), 7), 'critical'), // keyUsage: digitalSignature
        extension('2.5.29.37', sequence(oid(usages[usage]))),
        extension('2.5.29.19', sequence(), 'critical'), // basicConstraints: it is no authority
        extension('2.5.29.35', sequence(tagged(0x80, keyId(this.#publicKey)))),
        ...alternatives,
      ],
    });
  }

  #issue(subject: Subject, { now, ...about }: Omit<ToSign, 'subject' | 'publicKey'> & { now: Date }): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    return {
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      cert: this.sign({ ...about, subject: distinguishedName(subject), publicKey: spki }, now),
    };
  }

  #signed({ subject, publicKey, now, notAfter, extensions }: Body): string {
    const notBefore = new Date(Math.min(now.getTime(), notAfter.getTime()) - backdateMs);
    const body = sequence(
      version3,
      integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])), // a serial number that is positive
      ecdsaWithSha256,
      this.#name,
      sequence(utcTime(notBefore), utcTime(notAfter)),
      subject,
      publicKey,
      tagged(0xa3, sequence(...extensions)),
    );
    const signature = bitString(sign('sha256', body, this.#privateKey));
    return pem('CERTIFICATE', sequence(body, ecdsaWithSha256, signature));
  }
}

interface Body {
  readonly subject: Buffer;
  readonly publicKey: Buffer;
  readonly now: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

function extension(id: string, value: Buffer, critical?: 'critical'): Buffer {
  return sequence(oid(id), ...(critical === undefined ? [] : [bool(true)]), octetString(value));
}

/** dNSName or iPAddress of RFC 5280, section 4.2.1.6. */
function generalName(name: string): Buffer {
  return isIPv4(name) ? tagged(0x87, Buffer.from(name.split('.').map(Number))) : tagged(0x82, Buffer.from(name));
}

function keyId(publicKey: Buffer): Buffer {
  return createHash('sha1').update(publicKey).digest();
}
