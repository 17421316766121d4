import { BuildFailedError } from '../errors.ts';
import { ProcessError, runProcess } from './process.ts';

/** How to run git: in which environment, until when, and who listens. */
export interface GitContext {
  readonly env: Readonly<Record<string, string>>;
  readonly logFile?: string;
  readonly onLine?: (line: string) => void;
  /** Values that must not show in anything that git says. */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface GitOptions extends GitContext {
  /** As the start of a sentence: it begins every error message. */
  readonly doing: string;
  readonly deadlineMs: number;
  readonly inactivityMs?: number;
}

const minuteMs = 60_000;
/** For what only looks into a mirror. */
export const lookDeadlineMs = minuteMs;

/**
 * Whatever the user's own configuration says: no hooks and no watcher, which are programs; nothing that goes on in the
 * background after git has ended; and each fetch makes one pack, so that packs tell how much there is to tidy.
 */
const settings: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'gc.autoDetach=false',
  'maintenance.auto=false',
  'fetch.unpackLimit=1',
  'fetch.writeCommitGraph=false',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'advice.detachedHead=false',
].flatMap((setting) => ['-c', setting]);

/** The formats that every git reads: Kubernetes' build runs another one, in a container. */
const formats = { GIT_DEFAULT_HASH: 'sha1', GIT_DEFAULT_REF_FORMAT: 'files' };

/** Runs git without a shell; answers its output. @throws ProcessError. */
export async function git(args: readonly string[], { env, ...options }: GitOptions): Promise<string> {
  // Outside of any repository, so that no configuration of one counts.
  const outside = { cwd: '/', env: { ...env, ...formats } };
  return runProcess({ command: 'git', args: [...settings, ...args], ...options, ...outside });
}

/** The same context without listeners, for looks that nobody wants to read about. */
export function quiet({ env, signal, secrets = [] }: GitContext): GitContext {
  return { env, signal, secrets };
}

/** True when git itself ended badly, and was neither missing nor stopped. */
export function isGitError(error: unknown): error is ProcessError {
  return error instanceof ProcessError && error.end === 'status';
}

/** What git says when a copy of a repository misses something or holds half of it. */
const damage =
  /^(fatal|error): .*(bad object|bad tree|loose object|object file|pack(ed object|file| has)|(?<!new )index file|valid object|sha1 (file|pointer)|(unable to|could not) (read|parse) (object|sha1 file|tree|commit|blob|[0-9a-f]{40})|(reference|ref) broken|all necessary objects|missing (blob|tree|commit|object|tag)|is corrupt|inflate|revision walk|unresolved deltas)/i;

export function isDamage(line: string): boolean {
  return damage.test(line);
}

/** What git says when the machine let it down. The copy is none the worse for it. */
const exhaustion =
  /no space left on device|disk quota exceeded|read-only file system|permission denied|cannot allocate memory|out of memory|too many open files/i;

/** True when git stumbled over the copy that it works on, which is better made anew than mended. */
export function tellsDamage(error: unknown): boolean {
  return isGitError(error) && error.lines.some(isDamage) && !error.lines.some((line) => exhaustion.test(line));
}

/** What helps against a complaint of git about a repository that it talks to. */
interface Remedy {
  readonly against: RegExp;
  readonly hint: (repository: string) => string;
  /** It may be over a little later although nobody does anything. */
  readonly passes?: true;
}

const remedies: readonly Remedy[] = [
  {
    against: /could not resolve host/i,
    hint: () => 'Check the name of the server, and the DNS and the proxy of the worker',
    passes: true,
  },
  {
    against:
      /could not read (Username|Password)|Authentication failed|repository .*not found|appear to be a git repository/i,
    hint: (repository) =>
      `Check the spelling of ${repository}; if it is not public, give the worker a credential helper of git`,
  },
  {
    against: /Permission denied \(|Host key verification failed/i,
    hint: () => 'Give the worker an SSH key that may read the repository, and the server’s key in its known_hosts',
  },
  {
    against: /cannot run ssh/i,
    hint: () => 'Install an SSH client on the worker: apt-get install openssh-client',
  },
  {
    against: /certificate/i,
    hint: () => 'Let the worker trust the server’s authority: SSL_CERT_FILE, or http.sslCAInfo of git',
  },
  {
    against: /No space left on device/i,
    hint: () => 'Make room on the disk of the worker; Kubernetes with its history takes 2 GB',
  },
  {
    against: /dubious ownership/i,
    hint: () =>
      'Let the repository belong to the user of the worker, or name it in safe.directory of git’s configuration',
  },
];

/** What git adds to whatever went wrong. */
const empty = /Could not read from remote repository|remote end hung up|early EOF/i;

/** Says what git said, and what helps. Leaves alone what was stopped on purpose. */
export function explainRemote(error: unknown, repository: string): unknown {
  if (!(error instanceof ProcessError) || error.end === 'missing') return error;
  const [said, remedy] = complaint(error.lines);
  return new BuildFailedError(`${error.message}${said === undefined ? '' : ` (${said})`}`, {
    hint: remedy?.hint(repository) ?? `Check that the worker reaches ${repository} and may read it`,
    excerpt: error.lines,
    cause: error,
    retryable: remedy === undefined || remedy.passes === true,
  });
}

/** The line that tells most, with what helps if that is known. */
function complaint(lines: readonly string[]): [said?: string, remedy?: Remedy] {
  for (const line of lines.toReversed()) {
    const remedy = remedies.find(({ against }) => against.test(line));
    if (remedy !== undefined) return [line, remedy];
  }
  const complaints = lines.filter((line) => /^(fatal|error|remote|ssh):/.test(line));
  const said = complaints.findLast((line) => !empty.test(line)) ?? complaints.at(-1);
  return said === undefined ? [] : [said];
}
