import { OpenStackError } from '../src/errors.ts';
import type { Run } from './run.ts';

/** What helps to explain a failure is worth having and nothing more: without it the failure is told all the same. */
export async function orNothing<T>(
  { log, signal }: Pick<Run, 'signal' | 'log'>,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OpenStackError)) throw error;
    signal.throwIfAborted();
    log.debug({ err: error }, 'a failure could not be explained better');
    return undefined;
  }
}
