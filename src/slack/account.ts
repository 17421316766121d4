import type { UsersInfoResponse } from '@slack/web-api';
import type { Outsider } from '../clusters/audit-entry.ts';

type User = NonNullable<UsersInfoResponse['user']>;

/** Slackbot is no bot as far as users.info goes. */
const slackbot = 'USLACKBOT';

/** Why an account is no full member of the workspace `home`; undefined for one that is. Pure. */
export function outsiderOf(user: User, home: string): Outsider | undefined {
  if (user.is_stranger === true || !belongsTo(user, home)) return 'stranger';
  if (user.is_bot === true || user.is_workflow_bot === true || user.is_connector_bot === true) return 'bot';
  if (user.id === slackbot) return 'bot';
  if (user.deleted === true) return 'deleted';
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'guest';
  return undefined;
}

/** In an organisation of several workspaces one account is a member of some of them, and team_id names the first. */
function belongsTo({ team_id: team, enterprise_user: organisation }: User, home: string): boolean {
  return team === home || organisation?.teams?.includes(home) === true;
}
