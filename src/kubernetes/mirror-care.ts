import { access, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type GitContext, git, isGitError, lookDeadlineMs, quiet } from './run-git.ts';

/** More packs than this make git slow. Each fetch that brings something makes one. */
const toleratedPacks = 20;
const tidyDeadlineMs = 10 * 60_000;

const condemnation = 'slipway-damaged';

/**
 * Removes from a mirror what a git that was killed has left: locks that would stop the next one for ever, halves of
 * packs, marks that keep packs from being tidied, and halves of mirrors beside it. Whoever calls it holds the lock of
 * the mirror, so that no git is at work in it.
 */
export async function clearMirror(mirror: string): Promise<void> {
  const packs = join(mirror, 'objects', 'pack');
  await Promise.all([
    removeFrom(mirror, /\.lock$|^gc\.pid$/),
    removeFrom(join(mirror, 'refs'), /\.lock$/, true),
    removeFrom(join(mirror, 'objects', 'info'), /\.lock$/, true),
    removeFrom(packs, /^\.?tmp[-_]|\.lock$|\.keep$/),
    removeFrom(join(mirror, 'objects'), /^tmp_objdir-/),
    ...[`${mirror}.discarded`, freshMirror(mirror)].map((path) => rm(path, { recursive: true, force: true })),
  ]);
}

async function removeFrom(folder: string, pattern: RegExp, recursive = false): Promise<void> {
  const names = await readdir(folder, { recursive }).catch(() => []);
  const leftovers = names.filter((name) => pattern.test(basename(name)));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Has the next update of the mirror make it anew; for whoever finds later on that something in it is missing. */
export async function condemnMirror(mirror: string): Promise<void> {
  await writeFile(join(mirror, condemnation), '').catch(() => undefined); // it is gone already
}

export async function isCondemned(mirror: string): Promise<boolean> {
  return access(join(mirror, condemnation)).then(
    () => true,
    () => false,
  );
}

/** Where a mirror is made anew: beside the one that is there. What is left of it is removed by clearMirror. */
export function freshMirror(mirror: string): string {
  return `${mirror}.fresh`;
}

/** Renames only, so that a process that dies in between leaves no half of a mirror under its name. */
export async function replaceMirror(mirror: string, fresh: string): Promise<void> {
  await rename(mirror, `${mirror}.discarded`);
  await rename(fresh, mirror);
}

/** Whether every branch and tag of a mirror leads to something that can be read: what a crash spoils most often. */
export async function isSound(mirror: string, context: GitContext): Promise<boolean> {
  const look = { ...quiet(context), doing: 'Examining a copy of a repository', deadlineMs: lookDeadlineMs };
  try {
    await git(['-C', mirror, 'for-each-ref', '--format=%(objecttype)'], look);
    return true;
  } catch (error) {
    if (isGitError(error)) return false;
    throw error;
  }
}

/**
 * Joins packs when there are many, the small ones first. Never throws away what no branch leads to: a checkout or a
 * commit that was approved may need it. A mirror that could not be tidied serves as well.
 */
export async function tidyMirror(mirror: string, context: GitContext): Promise<void> {
  const files = await readdir(join(mirror, 'objects', 'pack')).catch(() => []);
  if (files.filter((name) => name.endsWith('.pack')).length <= toleratedPacks) return;
  const tidy = { ...quiet(context), doing: 'Tidying a copy of a repository', deadlineMs: tidyDeadlineMs };
  for (const command of [
    ['repack', '-d', '--quiet', '--geometric=2'],
    ['pack-refs', '--all'],
  ]) {
    await git(['-C', mirror, ...command], tidy).catch((error: unknown) => {
      if (!isGitError(error)) throw error;
      context.onLine?.(`${error.message}; going on without`);
    });
  }
}
