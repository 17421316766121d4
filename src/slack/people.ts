import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Outsider } from '../clusters/audit-entry.ts';
import { groupsIn, type Person } from '../clusters/policy.ts';
import { DeployError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { outsiderOf } from './account.ts';

/** How long a group's members and an account are remembered: Slack allows about 20 look-ups of groups a minute. */
const rememberedMs = 5 * 60_000;

/** Looks up who somebody is, as far as a policy asks. */
export interface People {
  /**
   * A person, with those of the user groups among `named` that they are in. Throws a DeployError when Slack does not
   * say who is in a group: whoever cannot be told apart may do nothing.
   */
  find(id: string, named: readonly string[]): Promise<Person>;
  /**
   * Why an account may do nothing here, whatever a policy names; undefined for a full member of the workspace. Throws a
   * DeployError when Slack does not say.
   *
   * @param team where Slack says that the request came from, if it does
   */
  outsider(id: string, team?: string): Promise<Outsider | undefined>;
}

/** @param now milliseconds since the epoch */
export function createPeople(client: WebClient, log: Logger, now: () => number = Date.now): People {
  const membersOf = remembering(now, (group) => lookUpGroup(client, group, log));
  // A token belongs to one workspace for good.
  const homeOf = remembering(
    () => 0,
    () => lookUpHome(client, log),
  );
  const home = () => homeOf('home');
  const accountOf = remembering(now, async (id) => lookUpAccount(client, id, await home(), log));

  return {
    async find(id, named) {
      // Somebody who is named in person needs no look-up of groups.
      if (named.includes(id)) return { id, groups: [] };
      const memberships = await Promise.all(
        groupsIn(named).map(async (group) => ((await membersOf(group)).includes(id) ? [group] : [])),
      );
      return { id, groups: memberships.flat() };
    },
    async outsider(id, team) {
      if (team !== undefined && team !== (await home())) return 'stranger';
      return accountOf(id);
    },
  };
}

/** Looks a thing up once in a while, however many ask for it at a time. A failure is not remembered. */
function remembering<Value>(now: () => number, lookUp: (id: string) => Promise<Value>): (id: string) => Promise<Value> {
  const all = new Map<string, { readonly value: Promise<Value>; readonly until: number }>();
  return (id) => {
    const remembered = all.get(id);
    if (remembered !== undefined && remembered.until > now()) return remembered.value;
    const value = lookUp(id);
    all.set(id, { value, until: now() + rememberedMs });
    value.catch(() => all.delete(id));
    return value;
  };
}

async function lookUpGroup(client: WebClient, group: string, log: Logger): Promise<readonly string[]> {
  try {
    const { users } = await client.usergroups.users.list({ usergroup: group });
    return users ?? [];
  } catch (error) {
    log.warn({ err: error, group }, 'looking up the members of a user group');
    throw explain(error, {
      code: 'groups_unknown',
      what: `Looking up who is in the user group ${group}, so that nobody does what they may not:`,
      scope: 'usergroups:read',
      hints: { no_such_subteam: `Check ${group} under policy in clusters.yaml: the workspace has no such group` },
    });
  }
}

/** What Slack says of an account that is of no concern to this workspace. */
const unknownHere = ['user_not_found', 'user_not_visible', 'users_not_found'];

async function lookUpAccount(client: WebClient, id: string, home: string, log: Logger): Promise<Outsider | undefined> {
  try {
    const { user } = await client.users.info({ user: id });
    return user === undefined ? 'stranger' : outsiderOf(user, home);
  } catch (error) {
    if (error instanceof WebAPIPlatformError && unknownHere.includes(error.data.error)) return 'stranger';
    log.warn({ err: error, user: id }, 'looking up an account');
    throw explain(error, identity);
  }
}

async function lookUpHome(client: WebClient, log: Logger): Promise<string> {
  try {
    const { team_id: team } = await client.auth.test();
    if (team !== undefined) return team;
  } catch (error) {
    log.warn({ err: error }, 'looking up the workspace');
    throw explain(error, identity);
  }
  throw explain(undefined, identity);
}

interface LookUp {
  readonly code: string;
  /** What was being done, with a colon behind it. */
  readonly what: string;
  readonly scope: string;
  /** What to do, by Slack's word for what is wrong. */
  readonly hints?: Readonly<Record<string, string>>;
}

const identity: LookUp = {
  code: 'person_unknown',
  what: 'Looking up who you are, so that nobody from outside does anything:',
  scope: 'users:read',
};

function explain(cause: unknown, { code, what, scope, hints = {} }: LookUp): DeployError {
  if (cause instanceof WebAPIRateLimitedError) {
    return new DeployError(code, `${what} Slack allows no more look-ups for now`, {
      hint: `Try again in ${cause.retryAfter} seconds`,
      cause,
      retryable: true,
    });
  }
  if (cause instanceof WebAPIPlatformError) {
    const { error } = cause.data;
    const known = { ...hints, missing_scope: `Give the app the bot scope ${scope} and install it again` };
    return new DeployError(code, `${what} Slack refused (${error})`, { hint: hintFor(error, known), cause });
  }
  return new DeployError(code, `${what} Slack did not answer`, {
    hint: 'Try again in a minute',
    cause,
    retryable: true,
  });
}

function hintFor(error: string, known: Readonly<Record<string, string>>): string {
  return known[error] ?? 'Check that the app is installed in this workspace and that its bot token is the current one';
}
