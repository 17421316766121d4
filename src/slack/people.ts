import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import { groupsIn, type Person } from '../clusters/policy.ts';
import { DeployError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** How long a group's members are remembered: Slack allows about 20 look-ups a minute. */
const rememberedMs = 5 * 60_000;

/** Looks up who somebody is, as far as a policy asks. */
export interface People {
  /**
   * A person, with those of the user groups among `named` that they are in. Throws a DeployError when Slack does not
   * say who is in a group: whoever cannot be told apart may do nothing.
   */
  find(id: string, named: readonly string[]): Promise<Person>;
}

interface Members {
  readonly users: Promise<readonly string[]>;
  readonly until: number;
}

/** @param now milliseconds since the epoch */
export function createPeople(client: WebClient, log: Logger, now: () => number = Date.now): People {
  const groups = new Map<string, Members>();

  function membersOf(group: string): Promise<readonly string[]> {
    const remembered = groups.get(group);
    if (remembered !== undefined && remembered.until > now()) return remembered.users;
    const users = lookUp(client, group, log);
    groups.set(group, { users, until: now() + rememberedMs });
    // A failure is not remembered: the next click asks again.
    users.catch(() => groups.delete(group));
    return users;
  }

  return {
    async find(id, named) {
      // Somebody who is named in person needs no look-up, and is let through while Slack does not answer.
      if (named.includes(id)) return { id, groups: [] };
      const memberships = await Promise.all(
        groupsIn(named).map(async (group) => ((await membersOf(group)).includes(id) ? [group] : [])),
      );
      return { id, groups: memberships.flat() };
    },
  };
}

async function lookUp(client: WebClient, group: string, log: Logger): Promise<readonly string[]> {
  try {
    const { users } = await client.usergroups.users.list({ usergroup: group });
    return users ?? [];
  } catch (error) {
    log.warn({ err: error, group }, 'looking up the members of a user group');
    throw explain(error, group);
  }
}

function explain(cause: unknown, group: string): DeployError {
  const message = `Looking up who is in the user group ${group}, so that nobody does what they may not:`;
  if (cause instanceof WebAPIRateLimitedError) {
    return new DeployError('groups_unknown', `${message} Slack allows no more look-ups for now`, {
      hint: `Try again in ${cause.retryAfter} seconds`,
      cause,
      retryable: true,
    });
  }
  if (cause instanceof WebAPIPlatformError) {
    return new DeployError('groups_unknown', `${message} Slack refused (${cause.data.error})`, {
      hint: refusalHint(cause.data.error, group),
      cause,
    });
  }
  return new DeployError('groups_unknown', `${message} Slack did not answer`, {
    hint: 'Try again in a minute',
    cause,
    retryable: true,
  });
}

function refusalHint(error: string, group: string): string {
  if (error === 'missing_scope') return 'Give the app the bot scope usergroups:read and install it again';
  if (error === 'no_such_subteam')
    return `Check ${group} under policy in clusters.yaml: the workspace has no such group`;
  return 'Check that the app is installed in this workspace and that its bot token is the current one';
}
