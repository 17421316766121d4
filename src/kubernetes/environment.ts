import { homedir, tmpdir } from 'node:os';

/** What a compiler, git and docker need of the worker's environment. Everything else may hold secrets and stays here. */
const handedOn =
  /^(PATH|TMPDIR|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO|XDG_RUNTIME_DIR|(https?|ftp|all|no)_proxy)$/i;

/** What says which Docker engine is meant, and how it is reached. Paths and addresses, no secrets. */
const forDocker = /^(DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS|TLS_VERIFY|API_VERSION)|BUILDX_CONFIG)$/;

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of git and make: little, in English, and without anybody to ask for a password. */
export function toolEnvironment(
  environment: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  return {
    PATH: usualPath,
    TMPDIR: tmpdir(),
    ...chosen(environment, handedOn),
    ...engineEnvironment(environment),
    HOME: homedir(),
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    // ext:: would make the address of a repository a command to run.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  };
}

/** The part of a worker's environment that says which Docker engine is meant. */
export function engineEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return chosen(environment, forDocker);
}

/** The same environment, but for another engine. */
export function withEngine(
  environment: Readonly<Record<string, string | undefined>>,
  engine: Readonly<Record<string, string>>,
): Record<string, string> {
  return { ...chosen(environment, handedOn), ...engine };
}

function chosen(environment: Readonly<Record<string, string | undefined>>, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => names.test(entry[0]) && entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
