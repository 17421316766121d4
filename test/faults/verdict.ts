import type { Failure } from '../../src/clusters/deployment.ts';
import type { Action } from '../../src/clusters/steps.ts';
import type { Inventory } from './inventory.ts';
import type { Ended, Outcome, Trouble } from './scenario.ts';

/** How a trouble is called in a report. */
export function nameOf({ kind, call }: Trouble): string {
  return `${kind} at ${call.method} ${call.service} ${call.shape} (${call.phase})`;
}

/**
 * What is wrong with the end of a run in which something went wrong, a line each; nothing is as it should be. It has to
 * end as the run did in which nothing went wrong, or to have failed for a reason that a person can read where `mayFail`
 * allows it; and nothing may have been made twice or left behind either way.
 */
export function problemsOf(
  outcome: Outcome,
  faultless: Outcome,
  troubles: readonly Trouble[],
  mayFail: (trouble: Trouble) => boolean,
): string[] {
  const excused = (action: Action) =>
    troubles.some((trouble) => trouble.call.phase.endsWith(action) && mayFail(trouble));
  const { up, scale, down } = outcome;
  return [
    ...endingProblems(up, excused('up')),
    ...(up.deployment.state === 'failed'
      ? surplus('up', up.inventory, faultless.up.inventory)
      : differences('up', up.inventory, faultless.up.inventory)),
    ...(scale === undefined ? [] : [...endingProblems(scale, excused('scale')), ...wrongAfterScale(scale, faultless)]),
    ...endingProblems(down, excused('down')),
    ...leftAfterDown(outcome, faultless),
  ].map((problem) => `${problem} [${troubles.map(nameOf).join('; ')}]`);
}

/** One that failed has changed nothing: what may fail is a login, and that comes before Heat is asked for anything. */
function wrongAfterScale({ deployment, inventory }: Ended, { up, scale = up }: Outcome): string[] {
  return differences('scale', inventory, (deployment.state === 'failed' ? up : scale).inventory);
}

/** A cluster that is down leaves exactly what a faultless one does, which is what others may use. */
function leftAfterDown({ up, down }: Outcome, faultless: Outcome): string[] {
  if (down.deployment.state !== 'succeeded') {
    return surplus('down', down.inventory, (faultless.scale ?? faultless.up).inventory);
  }
  if (up.deployment.state !== 'succeeded') return surplus('down', down.inventory, faultless.down.inventory);
  return differences('down', down.inventory, faultless.down.inventory);
}

function endingProblems({ deployment: { action, state, failure } }: Ended, mayFail: boolean): string[] {
  if (state === 'succeeded') return [];
  if (state !== 'failed' || failure === undefined) return [`${action} is still ${state}`];
  const unreadable = isReadable(failure) ? [] : [`${action} failed without a reason for people`];
  const unnecessary = mayFail ? [] : [`${action} failed`];
  return [...unreadable, ...unnecessary].map((problem) => `${problem}: ${failure.message}`);
}

/** A sentence that says what was being done and why it stopped, of a kind that somebody has thought of. */
function isReadable({ code, message }: Failure): boolean {
  const leaks = /Something unexpected|\bundefined\b|\[object |\n|^\s*at |TypeError|<html/i;
  return code !== 'unexpected' && message.length > 20 && message.length < 700 && !leaks.test(message);
}

function differences(when: string, actual: Inventory, expected: Inventory): string[] {
  return Object.keys(expected)
    .filter((kind) => String(actual[kind]) !== String(expected[kind]))
    .map((kind) => `${kind} after ${when}: ${list(actual[kind])} instead of ${list(expected[kind])}`);
}

/** What is there more often than it should be. */
function surplus(when: string, actual: Inventory, expected: Inventory): string[] {
  const count = (lines: readonly string[], line: string) => lines.filter((other) => other === line).length;
  return Object.entries(actual).flatMap(([kind, lines]) =>
    [...new Set(lines)]
      .filter((line) => count(lines, line) > count(expected[kind] ?? [], line))
      .map((line) => `${kind} after ${when}: ${line} is there too often or should not be there`),
  );
}

function list(lines: readonly string[] | undefined): string {
  return lines?.join(', ') || 'none';
}
