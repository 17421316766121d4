import { isObject } from '../blocks/checks.ts';
import type { Outcome } from '../delivery/envelope.ts';
import { app, type Channel, slackbotId, team, type User } from '../state/directory.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import { type Acting, type ActResult, findOwnChannel, findPerson, refused } from './acting.ts';
import { giveAnswer } from './answer.ts';

/**
 * A person types a slash command into a channel. Resolves once the app has acknowledged it and what it answered with
 * that is in the channel, or once Slack has given up.
 *
 * @param text the whole line, such as "/k8s up staging"
 */
export async function typeCommand(acting: Acting, as: string, channelId: string, text: string): Promise<ActResult> {
  const { workspace } = acting;
  const user = findPerson(workspace, as);
  if (user === undefined) return refused('user_not_found');
  const channel = findOwnChannel(workspace, user, channelId);
  if (channel === undefined) return refused('channel_not_found');

  const [command = '', ...words] = text.trim().split(' ');
  if (!acting.commands.includes(command)) {
    tellPrivately(workspace, user, channel, `\`${command}\` is not a valid command.`);
    return refused('invalid_command');
  }

  const payload = commandPayload(workspace, user, channel, command, escaped(words.join(' ').trim(), workspace));
  return settle(await acting.deliver({ type: 'slash_commands', payload }), { workspace, user, channel, command });
}

/** What an app gets that has its commands escaped (should_escape): mentions by id, with the name that was typed. */
function escaped(text: string, { directory }: WorkspaceState): string {
  const people = directory.users.filter(({ id }) => id !== slackbotId);
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/([@#])([\w-]+)/g, (typed, sign, name) => {
      const found = sign === '@' ? people.find((one) => one.name === name) : directory.findChannel(name);
      return found === undefined ? typed : `<${sign}${found.id}|${name}>`;
    });
}

function commandPayload(
  { credentials, triggers, responseUrls }: WorkspaceState,
  user: User,
  channel: Channel,
  command: string,
  text: string,
): Record<string, unknown> {
  return {
    token: credentials.verificationToken,
    // Of whoever typed it: a channel may be shared with another workspace.
    team_id: user.team ?? team.id,
    team_domain: team.domain,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: responseUrls.issue({ channel: channel.id, userId: user.id }),
    trigger_id: triggers.issue(user.id),
  };
}

interface TypedCommand {
  workspace: WorkspaceState;
  user: User;
  channel: Channel;
  command: string;
}

function settle(outcome: Outcome, { workspace, user, channel, command }: TypedCommand): ActResult {
  const error =
    outcome.kind === 'acknowledged' ? answerError(outcome.response, workspace, user, channel) : outcome.kind;
  if (error === undefined) return { ok: true };

  tellPrivately(workspace, user, channel, `${command} failed with the error "${error}"`);
  return refused(error);
}

function answerError(response: unknown, workspace: WorkspaceState, user: User, channel: Channel): string | undefined {
  if (!isObject(response)) return undefined;
  return giveAnswer(response, { channel: channel.id, userId: user.id }, workspace);
}

function tellPrivately({ messages }: WorkspaceState, user: User, channel: Channel, text: string): void {
  messages.post({ channel: channel.id, user: slackbotId, text, ephemeralFor: user.id });
}
