import { BuildFailedError } from '../errors.ts';
import type { BuildOptions } from './build-options.ts';
import { builderProblems, defaultNeeds, examineBuilder } from './examine-builder.ts';

/** Where a build is to run, and what it needs. */
export type WorkerToCheck = Pick<BuildOptions, 'environment' | 'directory' | 'needs' | 'signal'>;

/**
 * Makes sure that this worker can build before an hour is spent on it. Answers what GNU tar is called here.
 *
 * @throws BuildFailedError that names everything that is missing.
 */
export async function checkWorker(
  { environment, directory, needs = defaultNeeds, signal }: WorkerToCheck,
  doing: string,
): Promise<string> {
  const facts = await examineBuilder({ environment, directory, signal });
  const problems = builderProblems(facts, needs).filter(({ level }) => level === 'problem');
  if (problems.length === 0) return facts.tar.command;
  const missing = problems.map(({ label, text }) => `${label}: ${text}`).join('; ');
  const hints = problems.map(({ hint }) => hint).filter((hint) => hint !== undefined);
  throw new BuildFailedError(`${doing} cannot start on ${facts.host}. ${missing}`, { hint: hints.join('. ') });
}
