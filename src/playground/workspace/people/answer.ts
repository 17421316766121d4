import { app } from '../state/directory.ts';
import type { StoredMessage } from '../state/messages.ts';
import type { ResponseTarget } from '../state/response-urls.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import { apiArguments } from '../web-api/api-arguments.ts';
import { ApiError } from '../web-api/api-error.ts';
import { readContent } from '../web-api/content.ts';

/** An answer as an app gives it: with its acknowledgement of a command, or through a response_url. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Carries an answer out: replaces or deletes the message that was acted on, or posts a new one, visible to one person
 * unless it says in_channel.
 *
 * @returns Slack's error, or undefined when it was carried out
 */
export function giveAnswer(answer: Answer, target: ResponseTarget, workspace: WorkspaceState): string | undefined {
  const original =
    target.messageTs === undefined ? undefined : workspace.messages.find(target.channel, target.messageTs);
  if (isTrue(answer.delete_original)) return deleteOriginal(original, workspace);

  try {
    const content = readContent(apiArguments(new Map(Object.entries(answer))));
    if (isTrue(answer.replace_original) && original !== undefined) {
      workspace.messages.update(original, content);
      return undefined;
    }
    workspace.messages.post({
      channel: target.channel,
      user: app.userId,
      ...content,
      ...threadOf(answer),
      ...(answer.response_type !== 'in_channel' && { ephemeralFor: target.userId }),
    });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function deleteOriginal(original: StoredMessage | undefined, { messages }: WorkspaceState): string | undefined {
  if (original === undefined) return 'message_not_found';
  messages.remove(original);
  return undefined;
}

/** Only where the answer asks for it: an answer to a click in a thread goes to the channel otherwise, as in Slack. */
function threadOf(answer: Answer): { thread_ts?: string } {
  return typeof answer.thread_ts === 'string' ? { thread_ts: answer.thread_ts } : {};
}
