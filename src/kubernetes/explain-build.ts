import { BuildFailedError, type DeployErrorOptions } from '../errors.ts';
import { explainWords, killedByKernel } from './build-failures.ts';
import { type BuildProgress, BuildWatch } from './build-stages.ts';
import type { Explanation } from './explanation.ts';
import { ProcessError } from './process.ts';
import { saysNothing, tellingLines } from './telling-lines.ts';

/** Which build it was. */
export interface BuildIdentity {
  readonly doing: string;
  readonly ref: string;
  readonly target: string;
  readonly logFile: string;
  /** How the container that compiled ended, if that is known: of one that the kernel ended the scripts say nothing. */
  readonly container?: { readonly exitCode: number; readonly oomKilled: boolean } | undefined;
}

const mostLines = 12;
/** 128 and SIGKILL. */
const killedStatus = 137;

/**
 * Turns the end of make into a sentence with a way out, and the lines that say why; everything that is no end of make
 * passes unchanged. `detail` has the path of the whole log.
 */
export function explainBuild(error: unknown, identity: BuildIdentity): unknown {
  if (!(error instanceof ProcessError) || error.end === 'missing') return error;
  const options: DeployErrorOptions = {
    detail: { logFile: identity.logFile },
    excerpt: tellingLines(error.lines, { most: mostLines }),
    cause: error,
  };
  const { message, hint } = explanation(error, identity);
  return new BuildFailedError(message, { ...options, hint });
}

function explanation(error: ProcessError, identity: BuildIdentity): Explanation {
  if (error.end === 'deadline' || error.end === 'inactive') return tookTooLong(error, error.end);
  const known = killed(identity) ?? explainWords({ ...identity, lines: error.lines }) ?? wordless(error);
  if (known !== undefined) return { message: `${identity.doing}: ${known.message}`, hint: known.hint };
  const [first] = tellingLines(error.lines, { most: 1 });
  return {
    message: first === undefined ? error.message : `${error.message} (${first.trim()})`,
    hint: `Read the end of the build's log on the worker: ${identity.logFile}`,
  };
}

function killed({ container }: BuildIdentity): Explanation | undefined {
  return container?.oomKilled || container?.exitCode === killedStatus ? killedByKernel : undefined;
}

/**
 * Whoever fails says something; only what the kernel ends says nothing, be it the container in the middle of compiling
 * or make itself. The scripts do not show with which status the container ended.
 */
function wordless({ end, lines }: ProcessError): Explanation | undefined {
  const begun = lines.findLastIndex((line) => line.includes('Building go targets for '));
  const silent = follow(lines).stage === 'compile' && lines.slice(begun).every(saysNothing);
  if (end !== 'killed' && !silent) return undefined;
  return {
    message: `${end === 'killed' ? 'make' : 'the container that compiled'} was ended from outside, most likely for want of memory`,
    hint: `${killedByKernel.hint}. Or somebody stopped it there`,
  };
}

/** Nothing has failed, so no line is to blame; where the build stood says most. */
function tookTooLong(error: ProcessError, end: 'deadline' | 'inactive'): Explanation {
  const setting = end === 'deadline' ? 'kubernetes.within' : 'kubernetes.silence';
  const { stage, target } = follow(error.lines);
  const where = target === undefined ? '' : `, at ${target}`;
  if (stage === 'images') {
    return {
      message: `${error.message}${where}`,
      hint: `See whether the machine reaches the registries of its images; if it is only slow, raise ${setting}`,
    };
  }
  return {
    message: `${error.message}${where}`,
    hint: `A build on a small machine takes an hour or two. Give it more cores and memory, or raise ${setting}`,
  };
}

function follow(lines: readonly string[]): BuildProgress {
  const watch = new BuildWatch();
  for (const line of lines) watch.see(line);
  return watch.progress;
}
