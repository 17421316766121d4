import { BuildFailedError, UsageError } from '../errors.ts';
import { condemnMirror, isSound } from './mirror-care.ts';
import { noSuchRef } from './near-refs.ts';
import { checkCommit, checkRef, hashOf, pullRequestOf, pullRequestRefs } from './ref.ts';
import { type GitContext, git, isGitError, lookDeadlineMs, quiet, tellsDamage } from './run-git.ts';

/** A commit and what `git describe` calls it. */
export interface ResolvedRef {
  /** Full hash in hexadecimal. */
  readonly commit: string;
  /** The nearest tag that begins with a v, such as v1.34.2; behind it, the distance and the commit: v1.34.2-5-g0123…. */
  readonly version: string;
}

/** As many digits of a commit as Kubernetes' own versions show (hack/lib/version.sh). */
const abbreviation = 14;
/** What Kubernetes' scripts take for a version (hack/lib/version.sh); they end at once with any other. */
const kubernetesVersion = /^v\d+\.\d+(\.\d+)?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/**
 * Finds the commit behind pr/NUMBER, a tag, a branch or a commit of at least 7 digits, in this order. With the commit
 * that the ref led to when somebody approved it, that one is taken, wherever the ref leads by now.
 *
 * @throws UsageError when there is none, or the name is none; BuildFailedError when no tag leads to the commit, or the
 * approved commit is gone.
 */
export async function resolveRef(
  mirror: string,
  ref: string,
  context: GitContext,
  { commit: approved }: { readonly commit?: string | undefined } = {},
): Promise<ResolvedRef> {
  checkRef(ref);
  if (approved !== undefined) checkCommit(approved);
  const commit =
    approved === undefined ? await search(mirror, ref, context) : await recover(mirror, ref, approved, context);
  return { commit, version: await describe(mirror, commit, ref, context) };
}

async function search(mirror: string, ref: string, context: GitContext): Promise<string> {
  for (const candidate of candidatesOf(ref)) {
    const commit = await findCommit(mirror, candidate, context);
    if (commit !== undefined) return commit;
  }
  // A ref that leads to something that is missing looks like no ref at all.
  if (!(await isSound(mirror, context))) throw await damaged(mirror, `Looking for ${ref}`);
  throw noSuchRef(ref, await listNames(mirror, context));
}

function candidatesOf(ref: string): readonly string[] {
  const pullRequest = pullRequestOf(ref);
  if (pullRequest !== undefined) return pullRequestRefs(pullRequest);
  return [`refs/tags/${ref}`, `refs/heads/${ref}`, hashOf(ref) ?? []].flat();
}

async function recover(mirror: string, ref: string, approved: string, context: GitContext): Promise<string> {
  const commit = await findCommit(mirror, approved, context);
  if (commit !== undefined) return commit;
  throw new BuildFailedError(
    `${ref} meant commit ${approved.slice(0, 12)} when it was approved, and the repository has that no more`,
    {
      hint: 'The branch was probably rewritten since. Ask again, and approve what it means now',
      detail: { commit: approved },
    },
  );
}

/** The commit that a full name of a ref, or the beginning of a hash, leads to. Undefined when there is none. */
export async function findCommit(mirror: string, name: string, context: GitContext): Promise<string | undefined> {
  const args = ['-C', mirror, 'rev-parse', '--verify', `${name}^{commit}`];
  try {
    return (await git(args, { ...quiet(context), doing: `Looking for ${name}`, deadlineMs: lookDeadlineMs })).trim();
  } catch (error) {
    if (!isGitError(error)) throw error;
    if (error.lines.some((line) => /\bambiguous\b/.test(line))) {
      throw new UsageError(`More than one commit begins with ${name}`, {
        hint: 'Write more digits of it',
        cause: error,
      });
    }
    if (error.lines.some((line) => line.includes('Needed a single revision'))) return undefined;
    throw tellsDamage(error) ? await damaged(mirror, `Looking for ${name}`, error) : error;
  }
}

async function describe(mirror: string, commit: string, ref: string, context: GitContext): Promise<string> {
  const args = ['-C', mirror, 'describe', '--tags', '--match=v*', `--abbrev=${abbreviation}`, commit];
  const doing = `Describing ${ref}`;
  try {
    const version = (await git(args, { ...quiet(context), doing, deadlineMs: lookDeadlineMs })).trim();
    if (kubernetesVersion.test(version)) return version;
    throw new BuildFailedError(`${ref} has the version ${version}, which is none for Kubernetes’ build`, {
      hint: 'The nearest tag that begins with a v must be a semantic version such as v1.34.2',
    });
  } catch (error) {
    if (!isGitError(error)) throw error;
    if (tellsDamage(error)) throw await damaged(mirror, doing, error);
    throw new BuildFailedError(`${ref} has no version: no tag that begins with a v leads to ${commit.slice(0, 12)}`, {
      hint: 'Kubernetes takes its version from its git tags; push them to the repository as well',
      excerpt: error.lines,
      cause: error,
    });
  }
}

/** Names of tags and branches, the newest first. */
async function listNames(mirror: string, context: GitContext): Promise<string[]> {
  const look = { ...quiet(context), doing: 'Listing tags and branches', deadlineMs: lookDeadlineMs };
  const args = ['-C', mirror, 'for-each-ref', '--format=%(refname:lstrip=2)', '--sort=-creatordate'];
  const names = await git([...args, 'refs/tags/', 'refs/heads/'], look);
  return names.split('\n').filter((name) => name !== '');
}

/** The next attempt makes the mirror anew. */
export async function damaged(mirror: string, doing: string, cause?: unknown): Promise<BuildFailedError> {
  await condemnMirror(mirror);
  return new BuildFailedError(`${doing}: the worker’s copy of the repository is damaged`, {
    hint: 'Try again: the copy is then fetched anew',
    detail: { mirror },
    cause,
    retryable: true,
  });
}
