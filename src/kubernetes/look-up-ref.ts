import { noSuchRef } from './near-refs.ts';
import { checkRef, checkRepository, hashOf, pullRequestOf, pullRequestRefs } from './ref.ts';
import { explainRemote, type GitContext, git, quiet } from './run-git.ts';

/** What a name means in a repository at this moment. */
export interface LookedUpRef {
  readonly kind: 'tag' | 'branch' | 'pull-request' | 'commit';
  /** Full hash; undefined for a hash that no tag or branch ends in, of which only a fetch can tell. */
  readonly commit: string | undefined;
}

const lookUpDeadlineMs = 30_000;

/**
 * Asks the repository itself what a tag, branch, pr/NUMBER or hash means, with one call and without fetching; a worker
 * that never built can do it. The order of precedence is resolveRef's. For a pull request servers list all that they
 * have, which for Kubernetes is some 20 MB.
 *
 * @throws UsageError for what git should not see, and when there is no such ref, with the names that may have been meant;
 * BuildFailedError when the repository does not answer.
 */
export async function lookUpRef(repository: string, ref: string, context: GitContext): Promise<LookedUpRef> {
  checkRepository(repository);
  checkRef(ref);
  const number = pullRequestOf(ref);
  if (number !== undefined) return lookUpPullRequest(repository, number, ref, context);
  const refs = await listRefs(['--tags', '--heads', '--', repository], repository, ref, context);
  const tag = refs.get(`refs/tags/${ref}^{}`) ?? refs.get(`refs/tags/${ref}`);
  if (tag !== undefined) return { kind: 'tag', commit: tag };
  const branch = refs.get(`refs/heads/${ref}`);
  if (branch !== undefined) return { kind: 'branch', commit: branch };
  const hash = hashOf(ref);
  if (hash !== undefined) return { kind: 'commit', commit: tipOf(hash, refs) };
  throw noSuchRef(ref, namesIn(refs));
}

async function lookUpPullRequest(
  repository: string,
  number: number,
  ref: string,
  context: GitContext,
): Promise<LookedUpRef> {
  const names = pullRequestRefs(number);
  const refs = await listRefs(['--', repository, ...names], repository, ref, context);
  const commit = names.map((name) => refs.get(name)).find((found) => found !== undefined);
  if (commit === undefined) throw noSuchRef(ref, []);
  return { kind: 'pull-request', commit };
}

/** What `git ls-remote` answers, as a map from full names to hashes; what a tag leads to has ^{} behind its name. */
async function listRefs(
  args: readonly string[],
  repository: string,
  ref: string,
  context: GitContext,
): Promise<ReadonlyMap<string, string>> {
  const look = { ...quiet(context), doing: `Asking ${repository} for ${ref}`, deadlineMs: lookUpDeadlineMs };
  const answer = await git(['ls-remote', '--quiet', ...args], look).catch((error: unknown) => {
    throw explainRemote(error, repository);
  });
  const entries = answer.split('\n').flatMap((line): (readonly [string, string])[] => {
    const [hash, name] = line.split(/\s+/);
    return hash !== undefined && name !== undefined && /^[0-9a-f]{40}$/.test(hash) ? [[name, hash]] : [];
  });
  return new Map(entries);
}

/** The one commit that begins like this and that a tag or branch ends in. */
function tipOf(hash: string, refs: ReadonlyMap<string, string>): string | undefined {
  const commits = [...refs]
    .filter(([name]) => name.endsWith('^{}') || !refs.has(`${name}^{}`))
    .map(([, commit]) => commit);
  const found = new Set(commits.filter((commit) => commit.startsWith(hash)));
  const [tip] = found;
  return found.size === 1 ? tip : undefined;
}

/** Names without their folder; the newest versions first, since ls-remote sorts by name. */
function namesIn(refs: ReadonlyMap<string, string>): string[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return [...refs.keys()]
    .filter((name) => !name.endsWith('^{}'))
    .map((name) => name.replace(/^refs\/(tags|heads)\//, ''))
    .sort((a, b) => collator.compare(b, a));
}
