import { randomBytes } from 'node:crypto';
import { open, statfs } from 'node:fs/promises';

export const mebibyte = 1024 * 1024;
export const gibibyte = 1024 * mebibyte;

/** Writes a file of random bytes, which nothing on the way can make smaller. */
export async function makeRandomFile(path, size) {
  const file = await open(path, 'w');
  for (let written = 0; written < size; written += mebibyte) await file.write(randomBytes(mebibyte));
  await file.close();
  return path;
}

/** Makes a file that has a size and takes no room. */
export async function makeSparseFile(path, size) {
  const file = await open(path, 'w');
  await file.truncate(size);
  await file.close();
  return path;
}

/** Throws when there is less room than that. */
export async function requireRoom(directory, bytes) {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new Error(
    `The bench needs ${Math.ceil(bytes / gibibyte)} GiB in ${directory}, and there are ${(free / gibibyte).toFixed(1)}; name another place in TMPDIR`,
  );
}
