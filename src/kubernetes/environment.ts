import { homedir, tmpdir } from 'node:os';

/** What a compiler, git and docker need of the worker's environment. Everything else may hold secrets and stays here. */
const handedOn =
  /^(PATH|TMPDIR|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO|DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|XDG_RUNTIME_DIR|(https?|ftp|all|no)_proxy)$/i;

const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of git and make: little, in English, and without anybody to ask for a password. */
export function toolEnvironment(
  environment: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => handedOn.test(entry[0]) && entry[1] !== undefined && entry[1] !== '',
  );
  return {
    PATH: usualPath,
    TMPDIR: tmpdir(),
    ...Object.fromEntries(given),
    HOME: homedir(),
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    // ext:: would make the address of a repository a command to run.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
  };
}
