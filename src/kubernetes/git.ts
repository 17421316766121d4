import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailedError, UsageError } from '../errors.ts';
import { withLock } from './lock.ts';
import { ProcessError, runProcess } from './process.ts';
import { checkRef, checkRepository } from './ref.ts';

/** How to run git: in which environment, until when, and who listens. */
export interface GitContext {
  readonly env: Readonly<Record<string, string>>;
  readonly logFile?: string;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A commit and what `git describe` calls it. */
export interface ResolvedRef {
  /** Full hash in hexadecimal. */
  readonly commit: string;
  /** The nearest tag that begins with a v, such as v1.34.2; behind it, the distance and the commit: v1.34.2-5-g0123…. */
  readonly version: string;
}

const minuteMs = 60_000;
/** The first fetch of Kubernetes is more than a gigabyte. */
const fetchDeadlineMs = 120 * minuteMs;
const fetchInactivityMs = 5 * minuteMs;
const checkoutDeadlineMs = 10 * minuteMs;
const lookDeadlineMs = minuteMs;

/** As many digits of a commit as Kubernetes' own versions show (hack/lib/version.sh). */
const abbreviation = 14;

/**
 * Brings a bare copy of a repository under `directory` up to date and answers its path; makes it first if need be. Holds
 * branches and tags and nothing else: a mirror in git's own sense also has every pull request that GitHub ever saw,
 * which for Kubernetes is more than all the rest. One at a time for each copy.
 *
 * @throws UsageError for an address that git should not see, BuildFailedError when git does not get through.
 */
export async function updateMirror(directory: string, repository: string, context: GitContext): Promise<string> {
  checkRepository(repository);
  await mkdir(directory, { recursive: true });
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  const mirror = join(directory, `${name}.git`);
  const onWait = () => context.onLine?.('waiting for another build that is fetching the same repository');
  await withLock(`${mirror}.lock`, () => fetchInto(mirror, repository, context), { signal: context.signal, onWait });
  return mirror;
}

/** Making the copy twice is harmless, so that one whose first fetch broke off simply goes on. */
async function fetchInto(mirror: string, repository: string, context: GitContext): Promise<void> {
  await git(['init', '--quiet', '--bare', '--', mirror], {
    ...context,
    doing: `Preparing a copy of ${repository}`,
    deadlineMs: lookDeadlineMs,
  });
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  const fetch = ['fetch', '--progress', '--prune', '--no-tags', '--no-write-fetch-head', '--', repository, ...refs];
  try {
    await git(['-C', mirror, ...fetch], {
      ...context,
      doing: `Fetching ${repository}`,
      deadlineMs: fetchDeadlineMs,
      inactivityMs: fetchInactivityMs,
    });
  } catch (error) {
    throw explainFetch(error, repository);
  }
}

/**
 * Finds the commit behind a tag, a branch or a commit of at least 7 digits, in this order.
 *
 * @throws UsageError when there is none, or the name is none; BuildFailedError when no tag leads to the commit.
 */
export async function resolveRef(mirror: string, ref: string, context: GitContext): Promise<ResolvedRef> {
  checkRef(ref);
  const candidates = [`refs/tags/${ref}`, `refs/heads/${ref}`, ...(/^[0-9a-f]{7,40}$/.test(ref) ? [ref] : [])];
  for (const candidate of candidates) {
    const commit = await findCommit(mirror, candidate, context);
    if (commit !== undefined) return { commit, version: await describe(mirror, commit, ref, context) };
  }
  throw new UsageError(`The repository has no tag, branch or commit ${ref}`, {
    hint: 'Check the spelling; Kubernetes’ tags begin with a v, such as v1.34.2, and its branches are called release-1.34',
  });
}

/** Undefined when there is no such commit. */
async function findCommit(mirror: string, name: string, context: GitContext): Promise<string | undefined> {
  const args = ['-C', mirror, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  try {
    return (await git(args, { ...quiet(context), doing: `Looking for ${name}`, deadlineMs: lookDeadlineMs })).trim();
  } catch (error) {
    if (error instanceof ProcessError && error.end === 'status') return undefined;
    throw error;
  }
}

async function describe(mirror: string, commit: string, ref: string, context: GitContext): Promise<string> {
  const args = ['-C', mirror, 'describe', '--tags', '--match=v*', `--abbrev=${abbreviation}`, commit];
  try {
    return (await git(args, { ...quiet(context), doing: `Describing ${ref}`, deadlineMs: lookDeadlineMs })).trim();
  } catch (cause) {
    if (!(cause instanceof ProcessError) || cause.end !== 'status') throw cause;
    throw new BuildFailedError(`${ref} has no version: no tag that begins with a v leads to ${commit.slice(0, 12)}`, {
      hint: 'Kubernetes takes its version from its git tags; push them to the repository as well',
      detail: { lines: cause.lines },
      cause,
    });
  }
}

/** Runs something in a checkout of a commit, at a path of its own, which is removed afterwards whatever happens. */
export async function withWorktree<T>(
  mirror: string,
  commit: string,
  path: string,
  context: GitContext,
  action: (path: string) => Promise<T>,
): Promise<T> {
  await removeWorktree(mirror, path, context);
  try {
    // Tags and history stay in the mirror, where git finds them from the checkout too.
    await git(['-C', mirror, 'worktree', 'add', '--detach', '--', path, commit], {
      ...context,
      doing: `Checking out ${commit.slice(0, 12)}`,
      deadlineMs: checkoutDeadlineMs,
    });
    return await action(path);
  } finally {
    await removeWorktree(mirror, path, context);
  }
}

/** Also after an abort, and what a process that died has left; what cannot be removed is found by the next build. */
async function removeWorktree(mirror: string, path: string, context: GitContext): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
  const prune = { ...quiet(context), signal: undefined, doing: 'Forgetting a checkout', deadlineMs: lookDeadlineMs };
  await git(['-C', mirror, 'worktree', 'prune'], prune).catch(() => undefined);
}

function quiet({ env, signal }: GitContext): GitContext {
  return { env, signal };
}

async function git(
  args: readonly string[],
  options: GitContext & { doing: string; deadlineMs: number; inactivityMs?: number },
): Promise<string> {
  return runProcess({ command: 'git', args, ...options });
}

function explainFetch(error: unknown, repository: string): unknown {
  if (!(error instanceof ProcessError) || error.end === 'missing') return error;
  const said = error.lines.findLast((line) => /^(fatal|error|remote):/.test(line));
  return new BuildFailedError(`${error.message}${said === undefined ? '' : ` (${said})`}`, {
    hint: `Check that the worker reaches ${repository} and may read it`,
    detail: { lines: error.lines },
    cause: error,
    retryable: true,
  });
}
