import type { Channel } from '../state/directory.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { ApiArguments } from './api-arguments.ts';
import { ApiError } from './api-error.ts';

/** The thread's parent, also when a reply of it was named. */
export function threadParent(
  args: ApiArguments,
  channel: Channel,
  { messages }: WorkspaceState,
): { thread_ts?: string } {
  const ts = args.text('thread_ts');
  if (ts === undefined) return {};
  const message = messages.find(channel.id, ts);
  if (message === undefined) throw new ApiError('thread_not_found');
  if (message.ephemeralFor !== undefined) throw new ApiError('cannot_reply_to_message');
  return { thread_ts: message.thread_ts ?? message.ts };
}
