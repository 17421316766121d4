import { tiers } from '../state/rate-limits.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError } from './api-error.ts';
import type { ApiAnswer, ApiMethod } from './api-method.ts';
import { channelObject } from './wire.ts';

/** Opens a direct message with one person; this workspace has no group conversations. */
function open(args: ApiArguments, { directory }: WorkspaceState): ApiAnswer {
  const existing = args.text('channel');
  if (existing !== undefined) {
    const channel = directory.findChannel(existing);
    if (channel === undefined) throw new ApiError('channel_not_found');
    return { no_op: true, already_open: true, channel: { id: channel.id } };
  }

  const ids = args.required('users').split(',');
  const user = ids.length === 1 && ids[0] !== undefined ? directory.findUser(ids[0].trim()) : undefined;
  if (user === undefined) throw new ApiError('user_not_found');
  if (user.kind !== 'person') throw new ApiError('cannot_dm_bot');
  const { channel, alreadyOpen } = directory.openDirectMessage(user);
  return {
    channel: args.text('return_im') === 'true' ? channelObject(channel) : { id: channel.id },
    ...(alreadyOpen && { no_op: true, already_open: true }),
  };
}

function info(args: ApiArguments, { directory }: WorkspaceState): ApiAnswer {
  const channel = directory.findChannel(args.required('channel'));
  if (channel === undefined) throw new ApiError('channel_not_found');
  return { channel: channelObject(channel) };
}

function members(args: ApiArguments, { directory }: WorkspaceState): ApiAnswer {
  const channel = directory.findChannel(args.required('channel'));
  if (channel === undefined) throw new ApiError('channel_not_found');
  return { members: channel.members, response_metadata: { next_cursor: '' } };
}

const readScopes = ['channels:read', 'groups:read', 'mpim:read', 'im:read'];

/** Slack takes channels:manage and others for other kinds of conversations, of which none is opened here. */
const openScopes = ['im:write'];

export const conversationMethods: readonly ApiMethod[] = [
  { name: 'conversations.open', token: 'bot', scopes: openScopes, perMinute: tiers.tier3, run: open },
  { name: 'conversations.info', token: 'bot', scopes: readScopes, perMinute: tiers.tier3, run: info },
  { name: 'conversations.members', token: 'bot', scopes: readScopes, perMinute: tiers.tier4, run: members },
];
