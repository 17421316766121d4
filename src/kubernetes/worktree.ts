import { resolve } from 'node:path';
import { withLock } from './lock.ts';
import { removeTree } from './remove-tree.ts';
import { damaged } from './resolve-ref.ts';
import { explainRemote, type GitContext, git, isDamage, tellsDamage } from './run-git.ts';

const checkoutDeadlineMs = 10 * 60_000;

/**
 * Runs something in a checkout of a commit, at a path of its own, which is removed afterwards whatever happens. It is a
 * repository that is whole in itself, with all history and tags, rather than a linked worktree of git: since v1.35
 * Kubernetes asks git for its version in a container that sees the checkout and nothing else, and programs that find no
 * answer call themselves v0.0.0. Objects are hard links where mirror and path are on one disk.
 */
export async function withWorktree<T>(
  mirror: string,
  commit: string,
  path: string,
  context: GitContext,
  action: (path: string) => Promise<T>,
): Promise<T> {
  const tree = resolve(path);
  await removeTree(tree);
  try {
    await checkOut(mirror, commit, tree, context);
    return await action(tree);
  } finally {
    // What cannot be removed is found by the next build.
    await removeTree(tree).catch(() => undefined);
  }
}

async function checkOut(mirror: string, commit: string, tree: string, context: GitContext): Promise<void> {
  const doing = `Checking out ${commit.slice(0, 12)}`;
  let hole: string | undefined;
  const onLine = (line: string) => {
    hole ??= isDamage(line) ? line : undefined;
    context.onLine?.(line);
  };
  const options = { ...context, onLine, doing, deadlineMs: checkoutDeadlineMs };
  // Without --local, which would refuse to copy where it cannot link. Files that are linked must not go meanwhile.
  const clone = ['clone', '--quiet', '--no-checkout', '--template=', '--', mirror, tree];
  try {
    await withLock(`${mirror}.lock`, () => git(clone, options), { signal: context.signal });
    await git(['-C', tree, 'checkout', '--quiet', '--detach', commit, '--'], options);
  } catch (error) {
    if (!tellsDamage(error)) throw explainRemote(error, mirror);
    hole ??= doing;
  }
  // Where a folder is missing from the mirror, git says so, leaves it out and succeeds.
  if (hole !== undefined) throw await damaged(mirror, doing, hole);
}
