import { isAbsolute } from 'node:path';
import { UsageError } from '../errors.ts';

/** What git itself forbids in a name, and what could mean something else to git than a name. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  [/^-/, 'it begins with a hyphen, which git would take for an option'],
  [/\s/, 'it has white space in it'],
  [/\.\./, 'it has .. in it, which means a range of commits'],
  [/[^A-Za-z0-9._/+-]/, 'a tag, branch or commit has only letters, digits and . _ / + - in it'],
  [/^[./]|[./]$|\/\/|\/\.|\.lock(\/|$)/, 'git allows no name like that'],
  [/^.{200,}$/, 'it is longer than any name of a tag or branch'],
];

/** Refuses what is not the name of a tag, a branch or a commit. @throws UsageError that says why. */
export function checkRef(ref: string): void {
  const reason = refused.find(([pattern]) => pattern.test(ref))?.[1];
  if (reason === undefined) return;
  throw new UsageError(`"${ref.slice(0, 60)}" cannot be a version to build: ${reason}`, {
    hint: 'Name a tag such as v1.34.2, a branch such as release-1.34, or a commit',
  });
}

/** Refuses what is not the address of a git repository: a URL, or an absolute path. @throws UsageError that says why. */
export function checkRepository(repository: string): void {
  const reason = repositoryProblem(repository);
  if (reason === undefined) return;
  throw new UsageError(`The address of the git repository cannot be used: ${reason}`, {
    hint: 'Write an https or ssh URL, or the absolute path of a repository on the worker',
  });
}

function repositoryProblem(repository: string): string | undefined {
  if (isAbsolute(repository)) return undefined;
  if (!URL.canParse(repository)) return 'it is neither a URL nor an absolute path';
  const { protocol, password } = new URL(repository);
  if (!['https:', 'http:', 'ssh:', 'git:', 'file:'].includes(protocol)) return `${protocol} is no protocol of git`;
  // It would show in the list of processes and in messages.
  return password === '' ? undefined : 'it has a password in it; use a credential helper of git, or an SSH key';
}
