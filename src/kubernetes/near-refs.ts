import { UsageError } from '../errors.ts';
import { hashOf, isFullHash, pullRequestOf } from './ref.ts';

const usualNames =
  'Check the spelling; Kubernetes’ tags begin with a v, such as v1.34.2, its branches are called release-1.34, and a pull request is pr/12345';

/** Says what was looked for and not found, with the names that may have been meant. `names` begin with the newest. */
export function noSuchRef(ref: string, names: readonly string[]): UsageError {
  const number = pullRequestOf(ref);
  if (number !== undefined) {
    return new UsageError(`The repository has no pull request ${number}`, {
      hint: 'Check the number and the repository: a fork has its own',
    });
  }
  if (isFullHash(ref)) {
    return new UsageError(`The repository has no commit ${ref}, or does not give it out`, {
      hint: 'Check the hash; if no branch leads to the commit, push one that does',
    });
  }
  const near = nearRefs(ref, names);
  const question = near.length === 0 ? '' : `. Did you mean ${near.join(' or ')}?`;
  return new UsageError(`The repository has no tag, branch or commit ${ref}${question}`, {
    hint:
      hashOf(ref) === undefined ? usualNames : `${usualNames}. A commit that no branch leads to needs all 40 digits`,
  });
}

const mostNames = 3;

/** At most three names that somebody may have meant, the likeliest first. */
export function nearRefs(ref: string, names: readonly string[]): string[] {
  const pullRequest = /^(?:#|pull\/|pulls\/|mr\/|merge-requests\/|pull-requests\/)(\d+)/i.exec(ref)?.[1];
  if (pullRequest !== undefined) return [`pr/${pullRequest}`];
  const near = [...new Set(names)]
    .map((name) => ({ name, far: farness(ref, name) }))
    .filter(({ far }) => far <= farthest)
    .sort((a, b) => a.far - b.far);
  // The same name written another way is no typing mistake for a third.
  const sure = near.filter(({ far }) => far < mistaken);
  return (sure.length > 0 ? sure : near).slice(0, mostNames).map(({ name }) => name);
}

/** From here on names differ by typing mistakes. */
const mistaken = 2;
const farthest = 3;

/** 0 for the same name written another way, 1 for a longer name that begins like it, then typing mistakes. */
function farness(ref: string, name: string): number {
  const [wanted, candidate] = [essence(ref), essence(name)];
  if (wanted === candidate) return 0;
  if (wanted.length > 1 && /^[.-]/.test(candidate.slice(wanted.length)) && candidate.startsWith(wanted)) {
    return /-/.test(candidate.slice(wanted.length)) ? 1.5 : 1; // a release before what led to it
  }
  // In a short name each character counts.
  return 1 + mistakes(wanted, candidate, Math.min(2, Math.ceil(wanted.length / 4)));
}

/** What people leave out or put before a version: v, release-, refs/tags/. */
function essence(name: string): string {
  return name.toLowerCase().replace(/^(origin\/|release-|v(?=\d))+/, '');
}

/** How many characters to put in, take out or replace (the Levenshtein distance); infinite above the limit. */
function mistakes(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return Number.POSITIVE_INFINITY;
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, character] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(last, column - 1) + (character === to[column - 1] ? 0 : 1);
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced));
    }
    last = current;
  }
  const distance = at(last, to.length);
  return distance <= limit ? distance : Number.POSITIVE_INFINITY;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
