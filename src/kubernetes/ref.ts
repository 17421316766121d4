import { isAbsolute } from 'node:path';
import { UsageError } from '../errors.ts';

/** What git itself forbids in a name, and what could mean something else than a name: to git, to ssh or to a reader. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  [/^-/, 'it begins with a hyphen, which git would take for an option'],
  [/\s/, 'it has white space in it'],
  [/\p{Cc}/u, 'it has control characters in it'],
  [/[^\p{ASCII}]/u, 'it has characters in it that are not plain ASCII and may look like others'],
  [/\.\./, 'it has .. in it, which means a range of commits'],
  [/@\{/, 'it has @{ in it, by which git means an earlier state'],
  [/[~^:]/, 'it has ~, ^ or : in it, by which git means something near a commit or inside of it'],
  [/[^A-Za-z0-9._/+-]/, 'a tag, branch or commit has only letters, digits and . _ / + - in it'],
  [/^refs\//, 'it begins with refs/; write the tag or the branch alone, such as release-1.34'],
  [/^[A-Z_]*HEAD$/, 'what HEAD is changes; write the name of the branch'],
  [/^pr\/(0|\d{10,}|$)/i, 'a pull request is written pr/NUMBER, such as pr/12345'],
  [/^[./]|[./]$|\/\/|\/\.|\.lock(\/|$)/, 'git allows no name like that'],
  [/^.{200,}$/, 'it is longer than any name of a tag or branch'],
];

/** Refuses what is not the name of a tag, a branch, a pull request or a commit. @throws UsageError that says why. */
export function checkRef(ref: string): void {
  const reason = refused.find(([pattern]) => pattern.test(ref))?.[1];
  if (reason === undefined) return;
  throw new UsageError(`"${visible(ref.slice(0, 60))}" cannot be a version to build: ${reason}`, {
    hint: 'Name a tag such as v1.34.2, a branch such as release-1.34, a pull request such as pr/12345, or a commit',
  });
}

/** Refuses what is not the full hash of a commit. @throws UsageError. */
export function checkCommit(commit: string): void {
  if (/^[0-9a-f]{40}$/.test(commit)) return;
  throw new UsageError(`"${visible(commit.slice(0, 60))}" cannot be a commit: it is not 40 hexadecimal digits`, {
    hint: 'Write a commit in full, in small letters',
  });
}

/** The number in pr/12345, in capitals or not; undefined for any other ref. A branch of such a name is not reached. */
export function pullRequestOf(ref: string): number | undefined {
  const digits = /^pr\/([1-9]\d{0,8})$/i.exec(ref)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The ref as the beginning of a commit's hash, in small letters; undefined for what has another form. */
export function hashOf(ref: string): string | undefined {
  return /^[0-9a-f]{7,40}$/i.test(ref) ? ref.toLowerCase() : undefined;
}

/** True for a whole hash, which means one commit in every repository. */
export function isFullHash(ref: string): boolean {
  return hashOf(ref)?.length === 40;
}

/** Where a server keeps the head of a pull request: GitHub and Gitea, GitLab, Bitbucket. */
export function pullRequestRefs(number: number): readonly string[] {
  return [`refs/pull/${number}/head`, `refs/merge-requests/${number}/head`, `refs/pull-requests/${number}/from`];
}

/** Refuses what is not the address of a git repository: a URL, or an absolute path. @throws UsageError that says why. */
export function checkRepository(repository: string): void {
  const reason = repositoryProblem(repository);
  if (reason === undefined) return;
  // The address is not repeated: it may hold what nobody should read.
  throw new UsageError(`The address of the git repository cannot be used: ${reason}`, {
    hint: 'Write an https or ssh URL, user@host:path, or the absolute path of a repository on the worker',
  });
}

const neither = 'it is neither a URL nor an absolute path';
const schemes = ['https:', 'http:', 'ssh:', 'git:', 'file:'];
const hostName = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i;
const userName = /^[a-z0-9_][a-z0-9._-]*$/i;
/** What git takes for ssh as well; with a user, so that no protocol can be meant: git@github.com:kubernetes/kubernetes.git */
const scpLike = /^([^@/:]*)@([^@/:]*):(.+)$/;

function repositoryProblem(repository: string): string | undefined {
  if (repository === '') return 'it is empty';
  if (repository.startsWith('-')) return 'it begins with a hyphen, which git would take for an option';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(repository)) return 'it has line ends or other control characters in it';
  if (repository.length > 2000) return 'it is longer than any address';
  if (isAbsolute(repository)) return pathProblem(repository);
  if (/\s/.test(repository)) return 'it has white space in it';
  const scp = scpLike.exec(repository);
  if (scp !== null) return scpProblem(scp);
  return urlProblem(repository);
}

function scpProblem([, user = '', host = '', path = '']: RegExpExecArray): string | undefined {
  return userProblem(user) ?? hostProblem(host) ?? partProblem(path);
}

function urlProblem(repository: string): string | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(repository)?.[0].toLowerCase();
  if (scheme === undefined) return neither;
  // Anything else may be a transport helper of git, which is a program to run: ext::sh -c …
  if (!schemes.includes(scheme)) return `${scheme} is no protocol of git`;
  if (!repository.startsWith(`${scheme}//`) || !URL.canParse(repository)) return neither;
  if (/[?#]/.test(repository)) return 'it has ? or # in it, which no address of a repository has';
  const url = new URL(repository);
  return credentialProblem(url) ?? placeProblem(url) ?? partProblem(pathOf(repository));
}

/** They would show in the list of processes and in messages. Over SSH a user is no secret, and usual. */
function credentialProblem({ protocol, username, password }: URL): string | undefined {
  if (password !== '') return 'it has a password in it; use a credential helper of git, or an SSH key';
  if (username === '') return undefined;
  if (protocol === 'ssh:') return userProblem(username);
  return 'it has a user or a token in it; use a credential helper of git, or an SSH key';
}

function placeProblem({ protocol, hostname, pathname }: URL): string | undefined {
  if (protocol === 'file:') return hostname === '' ? undefined : 'a file URL has three slashes';
  if (pathname === '' || pathname === '/') return 'it names a server and no repository';
  return hostProblem(hostname);
}

/** As it was written: URL removes what is told by `..`. */
function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '');
}

function userProblem(user: string): string | undefined {
  return userName.test(user) ? undefined : 'its user is no user name';
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('-')) return 'its host begins with a hyphen, which ssh would take for an option';
  return hostName.test(host) ? undefined : 'its host is no host name';
}

/** The path in a URL, where it may be percent-encoded. */
function partProblem(encoded: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(encoded)) return 'its path has a % in it that encodes nothing';
  const path = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (/^[/]?-/.test(path)) return 'its path begins with a hyphen, which git would take for an option';
  return pathProblem(path);
}

function pathProblem(path: string): string | undefined {
  if (/(^|[/\\])\.\.([/\\]|$)/.test(path)) return 'its path has .. in it; write where it leads to';
  return /^[\p{L}\p{M}\p{N} ._~@%+=,:/-]+$/u.test(path)
    ? undefined
    : 'its path has characters in it that mean something to a shell';
}

/** A text in which nothing can hide: whatever is not plain ASCII as its code point. */
function visible(text: string): string {
  return text.replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
