import { z } from 'zod';
import { closest } from '../closest.ts';
import { changeables } from '../clusters/change.ts';
import { type AccessPolicy, accessLevels, type Policy } from '../clusters/policy.ts';
import { namedVerbs, type Verb } from '../clusters/verbs.ts';
import { duration } from './duration.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Kubernetes signs no certificate for less than ten minutes, and cannot take one back: a week is long enough. */
const shortestMs = 10 * minuteMs;
const longestMs = 7 * dayMs;
const usualMs = 8 * 60 * minuteMs;

const person = z.string().regex(/^[UWS][A-Z0-9]{2,}$/, 'expected the id of a Slack user (U…) or user group (S…)');
const people = z.array(person);

const verb = z.string().refine((name) => namedVerbs.some((known) => known === name), {
  error: ({ input }) => unknownCommand(String(input)),
});

const approve = z.strictObject({
  from: people.optional(),
  count: z.int().min(0).max(5).optional(),
  self: z.boolean().optional(),
  within: duration.optional(),
});

const access = z.strictObject({
  admin: people.optional(),
  edit: people.optional(),
  view: people.optional(),
  lifetime: duration
    .refine((ms) => ms >= shortestMs && ms <= longestMs, 'expected a duration from 10m to 7d, such as 8h')
    .optional(),
});

const change = z.partialRecord(z.enum(changeables), people);

/** The key `policy` of one cluster: what it leaves out is as the general policy says. */
export const clusterPolicy = z.strictObject({
  request: people.min(1).optional(),
  approve: approve.optional(),
  access: access.optional(),
  read: people.optional(),
  commands: z.record(verb, people).optional(),
  change: change.optional(),
});

/** The key `policy` of the file. */
export const generalPolicy = clusterPolicy.extend({ request: people.min(1), approve });

type ParsedPolicy = z.infer<typeof clusterPolicy>;
type GeneralPolicy = z.infer<typeof generalPolicy>;
type ParsedAccess = NonNullable<ParsedPolicy['access']>;

/** A policy with what it leaves out filled in; adds to `problems`, below `key`, what cannot be meant. */
export function toPolicy(parsed: GeneralPolicy, key: string, problems: string[]): Policy {
  const { request, read, commands, change } = parsed;
  const { from = [], count = 1, self = false, within: withinMs = 3_600_000 } = parsed.approve;
  if (count > 0 && from.length === 0) {
    problems.push(`${key}.approve.from: nobody may approve, but ${count} approval is asked for`);
  }
  const terms = { request, approve: { from, count, self, withinMs } };
  return {
    ...terms,
    access: toAccess(parsed.access ?? {}, terms),
    ...(read && { read }),
    ...(change && { change: change as Policy['change'] & object }),
    ...(commands && { commands: commands as Readonly<Partial<Record<Verb, readonly string[]>>> }),
  };
}

/**
 * What holds for a cluster: its own keys in the place of the general ones. Of `approve`, `commands` and `change` each entry
 * counts
 * by itself; of `access` the three levels belong together, for naming somebody for one says that the others are nobody's.
 */
export function merged(general: GeneralPolicy, own: ParsedPolicy): GeneralPolicy {
  return {
    ...general,
    ...own,
    request: own.request ?? general.request,
    approve: { ...general.approve, ...own.approve },
    access: mergedAccess(general.access ?? {}, own.access ?? {}),
    ...((general.change || own.change) && { change: { ...general.change, ...own.change } }),
    ...((general.commands || own.commands) && { commands: { ...general.commands, ...own.commands } }),
  };
}

function mergedAccess(general: ParsedAccess, own: ParsedAccess): ParsedAccess {
  const { lifetime = general.lifetime } = own;
  const named = namesLevels(own) ? own : general;
  return { ...named, ...(lifetime !== undefined && { lifetime }) };
}

/** Where nobody is named, those who may approve are administrators, and those who may ask may edit. */
function toAccess(parsed: ParsedAccess, { request, approve }: Pick<Policy, 'request' | 'approve'>): AccessPolicy {
  const { lifetime: lifetimeMs = usualMs, admin = [], edit = [], view = [] } = parsed;
  return namesLevels(parsed)
    ? { admin, edit, view, lifetimeMs }
    : { admin: approve.from, edit: request, view: [], lifetimeMs };
}

function namesLevels(parsed: ParsedAccess): boolean {
  return accessLevels.some((level) => parsed[level] !== undefined);
}

function unknownCommand(name: string): string {
  const near = closest(name, namedVerbs);
  return `there is no command ${JSON.stringify(name)} to name people for.${near ? ` Did you mean ${near}?` : ''} There are: ${namedVerbs.join(', ')}`;
}
