import type { NamedImageSpec } from '../../src/clusters/cluster-spec.ts';
import { DeployError } from '../../src/errors.ts';

/** Bytes from the beginning of a content that are enough to tell what it is. */
export const headBytes = 512;

/** How contents begin, as hexadecimal digits: https://en.wikipedia.org/wiki/List_of_file_signatures and QEMU's docs/interop. */
const signatures: readonly (readonly [digits: string, what: string])[] = [
  ['514649fb', 'a qcow2 image'],
  ['fd377a585a00', 'an xz archive'],
  ['1f8b08', 'a gzip archive'],
  ['425a68', 'a bzip2 archive'],
  ['28b52ffd', 'a zstd archive'],
  ['504b0304', 'a zip archive'],
  ['377abcaf271c', 'a 7z archive'],
  ['4b444d56', 'a VMDK image'],
  ['7668647866696c65', 'a VHDX image'],
  ['636f6e6563746978', 'a VHD image'],
];

/** What a content is, by its first bytes; undefined for anything without a mark of its own, as the disks of `raw` are. */
export function whatBegins(head: Buffer): string | undefined {
  if (head.length === 0) return 'empty';
  const digits = head.subarray(0, 8).toString('hex');
  const found = signatures.find(([start]) => digits.startsWith(start));
  if (found !== undefined) return found[1];
  if (/^\s*(<!doctype html|<html|<\?xml|<head)/i.test(head.toString('latin1'))) return 'a web page';
  return undefined;
}

/**
 * Throws when a content is not of the format that clusters.yaml gives its image, such as the page of a proxy in the
 * place of a download, or an archive that nobody unpacked: Glance would take either, and servers would not boot.
 */
export function assertFormat(head: Buffer, { name, format }: NamedImageSpec, from: string): void {
  const found = whatBegins(head);
  if (format === 'qcow2' ? found === 'a qcow2 image' : found === undefined) return;
  throw new DeployError(
    'image_format',
    `${from} is not the ${format} image ${name}: it is ${found ?? 'something else'}`,
    {
      hint: hintFor(found),
    },
  );
}

function hintFor(found: string | undefined): string {
  if (found?.endsWith('archive'))
    return 'Unpack it first, and give the file or address, and the sha512, of the image itself';
  if (found === 'a web page') return 'See whether a proxy or a login page answers in the place of the mirror';
  if (found === 'empty') return 'See why nothing is there';
  return 'Set the format of the image in clusters.yaml to what it is: qcow2 or raw';
}
