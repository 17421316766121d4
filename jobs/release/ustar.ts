/** One member of a tar file. A folder has no content. */
export interface TarMember {
  /** Relative, with slashes; at most 100 bytes. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly executable?: boolean;
  readonly content?: Buffer;
}

const blockSize = 512;

/** The most bytes that a path may have here: the field of POSIX's first tar header, which every tar reads. */
export const longestTarPath = 100;

/**
 * A tar file in the format ustar (POSIX.1-1988) whose bytes depend on nothing but the members, their order included: all
 * belong to root and were last changed in 1970, and of the modes only what may be executed is kept.
 *
 * @throws RangeError for a path that has no room in a header.
 */
export function ustar(members: readonly TarMember[]): Buffer {
  const end = Buffer.alloc(2 * blockSize);
  return Buffer.concat([...members.flatMap((member) => [header(member), ...padded(member.content)]), end]);
}

function header({ path, kind, executable = false, content }: TarMember): Buffer {
  const name = kind === 'folder' ? `${path}/` : path;
  if (Buffer.byteLength(name) > longestTarPath) throw new RangeError(`${path} is too long for a tar header`);
  const block = Buffer.alloc(blockSize);
  block.write(name, 0);
  block.write(octal(kind === 'folder' || executable ? 0o755 : 0o644, 8), 100);
  block.write(octal(0, 8), 108); // owner
  block.write(octal(0, 8), 116); // group
  block.write(octal(content?.length ?? 0, 12), 124);
  block.write(octal(0, 12), 136); // time of the last change
  block.write(kind === 'folder' ? '5' : '0', 156);
  block.write('ustar\x0000', 257);
  block.write('root', 265);
  block.write('root', 297);
  block.write(checksum(block), 148);
  return block;
}

/** A number as tar has it: octal digits that fill the field, and a zero byte. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** The sum of all bytes of the header, with blanks where the sum itself goes. */
function checksum(block: Buffer): string {
  const sum = block.reduce((total, byte) => total + byte, 8 * 0x20);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

function padded(content: Buffer | undefined): Buffer[] {
  if (content === undefined) return [];
  return [content, Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize)];
}
