import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { buildLogObject, releasesContainer } from '../../src/clusters/names.ts';
import { putObject } from '../../src/openstack/swift/objects.ts';
import type { Run } from '../run.ts';

/** As much of a log as is kept, from its end: that is where it says what went wrong. */
const mostBytes = 64 * 1024 ** 2;

/** A log is worth a while, but holds up nobody who shuts down or cancels. */
const keptWithinMs = 60_000;
const keptWithinWhenStoppedMs = 5_000;

/**
 * Puts the log of a build into Swift, whose container is there, and answers its object's name. Undefined when that did
 * not work, which the worker's log tells: the outcome of the build matters more. Works although the run was told to stop.
 */
export async function keepLog(run: Run, logFile: string): Promise<string | undefined> {
  const { deployment, openstack, log } = run;
  const object = buildLogObject(deployment.id);
  const signal = AbortSignal.timeout(run.signal.aborted ? keptWithinWhenStoppedMs : keptWithinMs);
  try {
    const { size } = await stat(logFile);
    const start = Math.max(0, size - mostBytes);
    const part = { start, end: size - 1 };
    const content = () => createReadStream(logFile, size === 0 ? {} : part);
    const put = { container: releasesContainer, object, size: size - start, contentType: 'text/plain; charset=utf-8' };
    await putObject(openstack.swift, { ...put, content }, signal);
    return object;
  } catch (error) {
    log.warn({ err: error, object }, 'the log of a build could not be put into Swift');
    return undefined;
  }
}
