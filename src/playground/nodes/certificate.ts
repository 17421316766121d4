import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A private key and a certificate that it has signed for itself, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const dayMs = 24 * 3600_000;

/**
 * Makes a P-256 key and a self-signed certificate for an IPv4 address, valid for a month. Node makes keys and signatures
 * but no certificates, so the few nested values of RFC 5280 are written here; that is less than any package for it.
 */
export function selfSignedCertificate(address: string, now: Date = new Date()): Certificate {
  if (isIP(address) !== 4) throw new TypeError(`${address} is no IPv4 address`);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const name = sequence(set(sequence(oid('550403'), utf8String('kube-apiserver'))));
  const validity = sequence(utcTime(new Date(now.getTime() - dayMs)), utcTime(new Date(now.getTime() + 30 * dayMs)));
  // subjectAltName with one iPAddress, which is what clients compare.
  const octets = Buffer.from(address.split('.').map(Number));
  const subjectAltName = sequence(oid('551d11'), octetString(sequence(tagged(0x87, octets))));

  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])), // a serial number that is positive
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(subjectAltName)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, privateKey)));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
  };
}

/** One value in DER: its tag, its length and its content. */
function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

/** Lengths up to 127 take one byte; others say first how many bytes they take. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

const sequence = (...content: readonly Buffer[]): Buffer => tagged(0x30, ...content);
const set = (...content: readonly Buffer[]): Buffer => tagged(0x31, ...content);
const integer = (value: Buffer): Buffer => tagged(0x02, value);
const bitString = (value: Buffer): Buffer => tagged(0x03, Buffer.from([0]), value);
const octetString = (value: Buffer): Buffer => tagged(0x04, value);
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const utf8String = (text: string): Buffer => tagged(0x0c, Buffer.from(text));

/** YYMMDDhhmmssZ. */
function utcTime(date: Date): Buffer {
  return tagged(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}
