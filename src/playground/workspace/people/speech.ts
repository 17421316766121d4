import { app, slackbotId, team, type User } from '../state/directory.ts';
import { randomId } from '../state/ids.ts';
import type { StoredMessage } from '../state/messages.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import { viewObject } from '../web-api/wire.ts';
import { type Acting, type ActResult, findOwnChannel, findPerson, refused } from './acting.ts';

/**
 * A person writes an ordinary message. The app hears of it only when it mentions the bot in a channel where the bot is
 * (event app_mention, scope app_mentions:read): this app does not ask to read everything.
 *
 * @param threadTs the parent, when it is written into a thread
 */
export async function say(
  acting: Acting,
  as: string,
  channelId: string,
  text: string,
  threadTs?: string,
): Promise<ActResult> {
  const { workspace } = acting;
  const user = findPerson(workspace, as);
  if (user === undefined) return refused('user_not_found');
  const channel = findOwnChannel(workspace, user, channelId);
  if (channel === undefined) return refused('channel_not_found');
  if (text.trim() === '') return refused('no_text');
  if (threadTs !== undefined && workspace.messages.find(channel.id, threadTs) === undefined)
    return refused('thread_not_found');

  const message = workspace.messages.post({
    channel: channel.id,
    user: user.id,
    text: withMentions(text, workspace),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
  });
  const mayHear = channel.members.includes(app.userId) && workspace.credentials.botScopes.includes('app_mentions:read');
  const hears = mayHear && message.text.includes(`<@${app.userId}>`);
  return hears ? tellApp(acting, mentionEvent(message, user)) : { ok: true };
}

/** A person opens the app's Home tab. */
export async function openHome(acting: Acting, as: string): Promise<ActResult> {
  const { workspace } = acting;
  const user = findPerson(workspace, as);
  if (user === undefined) return refused('user_not_found');

  const { channel } = workspace.directory.openDirectMessage(user);
  const home = workspace.views.homeOf(as);
  return tellApp(acting, {
    type: 'app_home_opened',
    user: as,
    channel: channel.id,
    tab: 'home',
    event_ts: String(workspace.now() / 1000),
    ...(home && { view: viewObject(home) }),
  });
}

/** Escapes what is typed, and makes mentions of "@slipway" and the like. */
function withMentions(text: string, { directory }: WorkspaceState): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return directory.users
    .filter((user) => user.id !== slackbotId)
    .reduce((line, user) => line.replaceAll(new RegExp(`@${user.name}\\b`, 'gi'), `<@${user.id}>`), escaped);
}

function mentionEvent(message: StoredMessage, user: User): Record<string, unknown> {
  return {
    type: 'app_mention',
    user: message.user,
    ...(user.kind === 'bot' && { bot_id: `B${user.id.slice(1)}` }),
    text: message.text,
    ts: message.ts,
    channel: message.channel,
    event_ts: message.ts,
    ...(message.thread_ts !== undefined && { thread_ts: message.thread_ts }),
  };
}

async function tellApp(acting: Acting, event: Record<string, unknown>): Promise<ActResult> {
  const { workspace } = acting;
  const outcome = await acting.deliver({
    type: 'events_api',
    payload: {
      token: workspace.credentials.verificationToken,
      team_id: team.id,
      api_app_id: app.id,
      event,
      type: 'event_callback',
      event_id: randomId('Ev'),
      event_time: Math.floor(workspace.now() / 1000),
      authorizations: [
        { enterprise_id: null, team_id: team.id, user_id: app.userId, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
    },
  });
  return outcome.kind === 'acknowledged' ? { ok: true } : refused(outcome.kind);
}
