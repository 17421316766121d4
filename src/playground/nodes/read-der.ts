/** One value of DER that was read. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content, which is what signatures are made over. */
  readonly whole: Buffer;
}

/** The values that stand one after another in DER. @throws RangeError where it ends too early. */
export function readDer(der: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let offset = 0; offset < der.length; ) {
    const { length, start } = lengthAt(der, offset + 1);
    const end = start + length;
    if (end > der.length) throw new RangeError('a value ends behind the end');
    values.push({ tag: der.readUInt8(offset), content: der.subarray(start, end), whole: der.subarray(offset, end) });
    offset = end;
  }
  return values;
}

/** The length that is written at an offset, and where the content behind it starts. */
function lengthAt(der: Buffer, offset: number): { length: number; start: number } {
  const first = der.readUInt8(offset);
  if (first < 0x80) return { length: first, start: offset + 1 };
  const bytes = first & 0x7f;
  return { length: der.readUIntBE(offset + 1, bytes), start: offset + 1 + bytes };
}
