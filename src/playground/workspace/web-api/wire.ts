import { app, type Channel, team, type User } from '../state/directory.ts';
import type { StoredFile } from '../state/files.ts';
import type { StoredMessage } from '../state/messages.ts';
import type { StoredView } from '../state/views.ts';

/** The objects of the workspace as Slack puts them into answers and payloads. */

export function messageObject(message: StoredMessage): Record<string, unknown> {
  const fromApp = message.user === app.userId;
  return {
    type: 'message',
    user: message.user,
    ...(fromApp && { bot_id: app.botId, app_id: app.id }),
    ts: message.ts,
    text: message.text,
    team: team.id,
    ...(message.thread_ts !== undefined && { thread_ts: message.thread_ts }),
    ...(message.blocks && { blocks: message.blocks }),
    ...(message.metadata && { metadata: message.metadata }),
    ...(message.edited && { edited: { user: message.user, ts: message.ts } }),
  };
}

export function channelObject(channel: Channel): Record<string, unknown> {
  const direct = channel.kind === 'im';
  return {
    id: channel.id,
    is_im: direct,
    is_channel: !direct,
    is_private: direct,
    is_archived: false,
    is_member: channel.members.includes(app.userId),
    ...(direct
      ? { user: channel.members.find((member) => member !== app.userId) }
      : {
          name: channel.name,
          topic: { value: channel.topic, creator: '', last_set: 0 },
          num_members: channel.members.length,
        }),
  };
}

export function userObject(user: User): Record<string, unknown> {
  return {
    id: user.id,
    team_id: user.team ?? team.id,
    name: user.name,
    real_name: user.realName,
    deleted: user.account === 'deleted',
    is_bot: user.kind === 'bot',
    is_restricted: isGuest(user),
    is_ultra_restricted: user.account === 'single-channel-guest',
    ...(user.team !== undefined && { is_stranger: true }),
    tz: 'Etc/UTC',
    tz_offset: 0,
    profile: { real_name: user.realName, display_name: user.realName },
  };
}

/** Slack sets is_restricted for both kinds of guests. */
function isGuest({ account }: User): boolean {
  return account === 'guest' || account === 'single-channel-guest';
}

/** @param state what has been typed and chosen so far: block id → action id → value */
export function viewObject(view: StoredView, state: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: view.id,
    team_id: team.id,
    app_id: app.id,
    app_installed_team_id: team.id,
    bot_id: app.botId,
    type: view.type,
    title: view.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    submit: view.submit ?? null,
    close: view.close ?? null,
    blocks: view.blocks,
    private_metadata: view.private_metadata,
    callback_id: view.callback_id,
    external_id: view.external_id,
    state: { values: state },
    hash: view.hash,
    clear_on_close: view.clear_on_close,
    notify_on_close: view.notify_on_close,
    root_view_id: view.root_view_id,
    previous_view_id: view.previous_view_id ?? null,
  };
}

export function fileObject(file: StoredFile, origin: string): Record<string, unknown> {
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    size: file.size,
    user: app.userId,
    url_private: `${origin}${file.path}`,
    permalink: `${origin}${file.path}`,
  };
}
