/**
 * The few values of DER (ITU-T X.690, section 8 and 10) that certificates and requests for them are made of. Node.js
 * makes keys and signatures but neither of the two, and these lines are less than any package for it.
 */

/** One value: its tag, its length and its content. */
export function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

/** Lengths up to 127 take one byte; others say first how many bytes they take. */
function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError(`${length} bytes are more than a certificate or a request for one ever has`);
}

export const sequence = (...content: readonly Buffer[]): Buffer => tagged(0x30, ...content);
export const set = (...content: readonly Buffer[]): Buffer => tagged(0x31, ...content);
export const bool = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const integer = (value: Buffer): Buffer => tagged(0x02, value);
export const bitString = (value: Buffer, unusedBits = 0): Buffer => tagged(0x03, Buffer.from([unusedBits]), value);
export const octetString = (value: Buffer): Buffer => tagged(0x04, value);
export const utf8String = (text: string): Buffer => tagged(0x0c, Buffer.from(text));

/** An object identifier from its dotted form: the first two numbers share a byte, the others are in base 128. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
}

/** Seven bits a byte, the highest first; all but the last byte have the eighth bit set. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** YYMMDDhhmmssZ, which certificates have to use up to the year 2049 (RFC 5280, section 4.1.2.5). */
export function utcTime(date: Date): Buffer {
  return tagged(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

/** The algorithm that P-256 keys sign with here (RFC 5758, section 3.2): ecdsa-with-SHA256. */
export const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
