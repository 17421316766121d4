import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BuildFailedError } from '../errors.ts';
import { withLock } from './lock.ts';
import { clearMirror, freshMirror, isCondemned, isSound, replaceMirror, tidyMirror } from './mirror-care.ts';
import { checkCommit, checkRef, checkRepository, isFullHash, pullRequestOf, pullRequestRefs } from './ref.ts';
import { findCommit } from './resolve-ref.ts';
import { explainRemote, type GitContext, git, isGitError, lookDeadlineMs, tellsDamage } from './run-git.ts';

/** What a build needs of a repository besides its branches and tags. */
export interface Wanted {
  /** A tag, branch, commit or pr/NUMBER. */
  readonly ref?: string;
  /** The full hash of the commit that the ref led to when somebody approved it. */
  readonly commit?: string;
}

const minuteMs = 60_000;
/** The first fetch of Kubernetes is more than a gigabyte. */
const fetchDeadlineMs = 120 * minuteMs;
const fetchInactivityMs = 5 * minuteMs;

/**
 * Brings a bare copy of a repository under `directory` up to date and answers its path; makes it first if need be. It
 * holds branches and tags, of the pull requests only those that were asked for, and commits that no branch leads to
 * if the server gives them out. A mirror in git's own sense has every pull request there ever was, which for Kubernetes
 * is more than all the rest. One at a time for each copy; one that is damaged is made anew.
 *
 * Nothing is asked of the repository when the tag that was approved is here already. That a ref or commit does not exist
 * is told by resolveRef.
 *
 * @throws UsageError for an address or a name that git should not see, BuildFailedError when git does not get through.
 */
export async function updateMirror(
  directory: string,
  repository: string,
  context: GitContext,
  wanted: Wanted = {},
): Promise<string> {
  checkRepository(repository);
  if (wanted.ref !== undefined) checkRef(wanted.ref);
  if (wanted.commit !== undefined) checkCommit(wanted.commit);
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true });
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  const mirror = join(folder, `${name}.git`);
  const onWait = () => context.onLine?.('waiting for another build that is fetching the same repository');
  await withLock(`${mirror}.lock`, () => bring({ mirror, repository, wanted }, context), {
    signal: context.signal,
    onWait,
  });
  return mirror;
}

interface Copy {
  readonly mirror: string;
  readonly repository: string;
  readonly wanted: Wanted;
}

/** Holds the lock. */
async function bring(copy: Copy, context: GitContext): Promise<void> {
  const { mirror, repository } = copy;
  await clearMirror(mirror);
  if (await isCondemned(mirror)) return bringAnew(copy, context);
  try {
    await fetchInto(copy, context);
  } catch (error) {
    if (!(await isDamaged(mirror, error, context))) throw explainRemote(error, repository);
    return bringAnew(copy, context);
  }
  await tidyMirror(mirror, context);
}

/** Whether it is the copy, and not the repository or the way to it, that something failed of. */
async function isDamaged(mirror: string, error: unknown, context: GitContext): Promise<boolean> {
  if (await isCondemned(mirror)) return true;
  return isGitError(error) && (tellsDamage(error) || !(await isSound(mirror, context)));
}

/** Beside the damaged one, which is kept when this stops: it may be the repository that is damaged, or out of reach. */
async function bringAnew(copy: Copy, context: GitContext): Promise<void> {
  const { mirror, repository } = copy;
  context.onLine?.(`the copy of ${repository} on this worker is damaged; fetching it anew`);
  const fresh = freshMirror(mirror);
  try {
    await fetchInto({ ...copy, mirror: fresh }, context);
    await replaceMirror(mirror, fresh);
  } catch (error) {
    throw explainRemote(error, repository);
  } finally {
    await clearMirror(mirror);
  }
}

/** Making the copy twice is harmless, so that one whose first fetch broke off simply goes on. */
async function fetchInto(copy: Copy, context: GitContext): Promise<void> {
  const { mirror, repository, wanted } = copy;
  await git(['init', '--quiet', '--bare', '--template=', '--', mirror], {
    ...context,
    doing: `Preparing a copy of ${repository}`,
    deadlineMs: lookDeadlineMs,
  });
  if (await isThere(mirror, wanted, context)) return;
  const pullRequest = wanted.ref === undefined ? undefined : pullRequestOf(wanted.ref);
  await fetchRefs(copy, pullRequest, context);
  for (const hash of new Set([wanted.commit, wanted.ref].flatMap(fullHashes))) await fetchCommit(copy, hash, context);
}

function fullHashes(name: string | undefined): string[] {
  return name !== undefined && isFullHash(name) ? [name.toLowerCase()] : [];
}

/** Only a tag is as good as its commit: it came along with all that `git describe` needs. */
async function isThere(mirror: string, { ref, commit }: Wanted, context: GitContext): Promise<boolean> {
  if (ref === undefined || commit === undefined) return false;
  return (await findCommit(mirror, `refs/tags/${ref}`, context)) === commit;
}

async function fetchRefs(copy: Copy, pullRequest: number | undefined, context: GitContext): Promise<void> {
  // With a star a ref may be missing, as two of the three always are.
  const heads = pullRequest === undefined ? [] : pullRequestRefs(pullRequest).map((ref) => `${ref}*`);
  const refs = ['refs/heads/*', 'refs/tags/*', ...heads].map((ref) => `+${ref}:${ref}`);
  let shallow = false;
  const onLine = (line: string) => {
    shallow ||= /^warning: rejected .*shallow/.test(line);
    context.onLine?.(line);
  };
  await fetch(copy, ['--prune'], refs, { ...context, onLine });
  if (!shallow) return;
  throw new BuildFailedError(`${copy.repository} has no version: it is shallow, and its history is missing`, {
    hint: 'Bring the rest of it with git fetch --unshallow --tags, or name the repository that it was cloned from',
  });
}

/**
 * A commit that no branch and no tag leads to, such as one of a branch that was rewritten. Git's second protocol has
 * servers give it out by its hash (GitHub, GitLab and git's own do); where they do not, it stays away.
 */
async function fetchCommit(copy: Copy, hash: string, context: GitContext): Promise<void> {
  if ((await findCommit(copy.mirror, hash, context)) !== undefined) return;
  try {
    // A ref of ours keeps it, should somebody tidy the copy by hand.
    await fetch(copy, [], [`+${hash}:refs/commits/${hash}`], context);
  } catch (error) {
    if (
      !isGitError(error) ||
      !error.lines.some((line) => /not our ref|unadvertised object|no such remote ref/i.test(line))
    ) {
      throw error;
    }
  }
}

async function fetch(
  { mirror, repository }: Copy,
  options: readonly string[],
  refs: readonly string[],
  context: GitContext,
): Promise<void> {
  const command = ['fetch', '--progress', '--no-tags', '--no-write-fetch-head', ...options, '--', repository, ...refs];
  await git(['-C', mirror, ...command], {
    ...context,
    doing: `Fetching ${repository}`,
    deadlineMs: fetchDeadlineMs,
    inactivityMs: fetchInactivityMs,
  });
}
