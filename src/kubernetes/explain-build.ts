import { BuildFailedError, type DeployErrorOptions } from '../errors.ts';
import { ProcessError } from './process.ts';

/** Which build it was. */
export interface BuildIdentity {
  readonly doing: string;
  readonly ref: string;
  readonly target: string;
  readonly logFile: string;
}

interface Explanation {
  readonly matches: RegExp;
  readonly message: string;
  readonly hint: string;
}

/** What is known of builds that stop, by what they say at last. Memory comes first: it makes the others happen too. */
function explanations({ target, ref }: BuildIdentity): Explanation[] {
  return [
    {
      matches: /signal: killed|\bKilled\b|out of memory|cannot allocate memory|exit (status|code):? 137/i,
      message: 'it ran out of memory, and the kernel ended the compiler',
      hint: 'Give the worker at least 8 GB, or build for one platform only: KUBE_BUILD_PLATFORMS=linux/amd64',
    },
    {
      matches: /no space left on device/i,
      message: 'the disk is full',
      hint: 'Make room below DATA_DIR and in Docker (docker system df); a build takes about 20 GB',
    },
    {
      matches: /no rule to make target|no makefile found/i,
      message: `the tree has no make target ${target}`,
      hint: `See whether ${ref} is a Kubernetes tree; its target is quick-release`,
    },
    {
      matches: /cannot connect to the docker daemon|docker: (command )?not found|can't find 'docker'/i,
      message: 'Docker does not answer',
      hint: 'Run this worker where Docker is (--queues build), and let its user talk to the daemon',
    },
  ];
}

/** Turns the end of make into a sentence with a way out; everything that is no end of make passes unchanged. */
export function explainBuild(error: unknown, identity: BuildIdentity): unknown {
  if (!(error instanceof ProcessError) || error.end === 'missing') return error;
  const { lines } = error;
  const options: DeployErrorOptions = { detail: { lines, logFile: identity.logFile }, cause: error };
  const known = explanations(identity).find(({ matches }) => lines.some((line) => matches.test(line)));
  if (known !== undefined) return failed(identity, known.message, { ...options, hint: known.hint });
  if (error.end === 'killed') {
    const hint = 'If nobody stopped it, the machine ran out of memory: a build needs at least 8 GB';
    return new BuildFailedError(error.message, { ...options, hint });
  }
  const hint = `Read the end of the build's log on the worker: ${identity.logFile}`;
  return new BuildFailedError(withLastLine(error), { ...options, hint });
}

function failed({ doing }: BuildIdentity, message: string, options: DeployErrorOptions): BuildFailedError {
  return new BuildFailedError(`${doing}: ${message}`, options);
}

/** The last line is mostly make's own summary; what went wrong stands above it. */
function withLastLine(error: ProcessError): string {
  const telling = error.lines.findLast((line) => !/^make(\[\d+\])?:/.test(line));
  return telling === undefined ? error.message : `${error.message} (${telling.trim().slice(0, 200)})`;
}
