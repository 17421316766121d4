import { app, type Channel } from '../state/directory.ts';
import type { StoredMessage } from '../state/messages.ts';
import { tiers } from '../state/rate-limits.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError } from './api-error.ts';
import type { ApiAnswer, ApiMethod } from './api-method.ts';
import { readContent } from './content.ts';
import { threadParent } from './thread.ts';
import { messageObject } from './wire.ts';

/** chat.update takes no more text than this, unlike chat.postMessage. */
const longestUpdate = 4000;

/** The channel to post to: an id, a name, or a person's id for a direct message. The bot has to be in it. */
function postingChannel(args: ApiArguments, { directory }: WorkspaceState): Channel {
  const wanted = args.text('channel');
  if (wanted === undefined) throw new ApiError('channel_not_found');
  const person = directory.findUser(wanted);
  const channel = person === undefined ? directory.findChannel(wanted) : directory.openDirectMessage(person).channel;
  if (channel === undefined) throw new ApiError('channel_not_found');
  if (!channel.members.includes(app.userId)) throw new ApiError('not_in_channel');
  return channel;
}

function postMessage(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const channel = postingChannel(args, workspace);
  const content = readContent(args);
  const thread = threadParent(args, channel, workspace);

  const message = workspace.messages.post({ channel: channel.id, user: app.userId, ...content, ...thread });
  return { channel: channel.id, ts: message.ts, message: messageObject(message) };
}

function postEphemeral(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const channel = postingChannel(args, workspace);
  const user = args.required('user');
  if (!channel.members.includes(user)) throw new ApiError('user_not_in_channel');
  const content = readContent(args);
  const thread = threadParent(args, channel, workspace);

  const message = workspace.messages.post({
    channel: channel.id,
    user: app.userId,
    ...content,
    ...thread,
    ephemeralFor: user,
  });
  return { message_ts: message.ts };
}

/** The message to change or delete: it has to exist for everybody and to be the app's own. */
function ownMessage(args: ApiArguments, workspace: WorkspaceState, refusal: string): StoredMessage {
  const channel = workspace.directory.findChannel(args.required('channel'));
  if (channel === undefined) throw new ApiError('channel_not_found');
  const message = workspace.messages.find(channel.id, args.required('ts'));
  if (message === undefined || message.ephemeralFor !== undefined) throw new ApiError('message_not_found');
  if (message.user !== app.userId) throw new ApiError(refusal);
  return message;
}

function update(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const message = ownMessage(args, workspace, 'cant_update_message');
  if ((args.text('text') ?? '').length > longestUpdate) throw new ApiError('msg_too_long');
  const content = readContent(args);

  const changed = workspace.messages.update(message, content);
  return { channel: changed.channel, ts: changed.ts, text: changed.text, message: messageObject(changed) };
}

function remove(args: ApiArguments, workspace: WorkspaceState): ApiAnswer {
  const message = ownMessage(args, workspace, 'cant_delete_message');

  workspace.messages.remove(message);
  return { channel: message.channel, ts: message.ts };
}

const chatWrite = { token: 'bot', scopes: ['chat:write'] } as const;

export const chatMethods: readonly ApiMethod[] = [
  { name: 'chat.postMessage', ...chatWrite, onePerSecondPerChannel: true, run: postMessage },
  { name: 'chat.postEphemeral', ...chatWrite, perMinute: tiers.tier4, run: postEphemeral },
  { name: 'chat.update', ...chatWrite, perMinute: tiers.tier3, run: update },
  { name: 'chat.delete', ...chatWrite, perMinute: tiers.tier3, run: remove },
];
