import type { User } from '../state/directory.ts';
import { messageObject } from '../web-api/wire.ts';
import { type Acting, type ActResult, findOwnChannel, findPerson, interactionPayload, refused } from './acting.ts';

/** A shortcut as an app declares it: for the whole workspace, or for a message. */
export interface Shortcut {
  readonly type: 'global' | 'message';
  readonly callbackId: string;
  readonly name: string;
}

/** Which shortcut, and of which message where it is one for messages. */
export interface ShortcutTarget {
  readonly callbackId: string;
  readonly channel?: string;
  readonly ts?: string;
}

/** A person chooses a shortcut from the menu of the composer or of a message. Resolves once the app has acknowledged. */
export async function chooseShortcut(acting: Acting, as: string, target: ShortcutTarget): Promise<ActResult> {
  const { workspace, shortcuts } = acting;
  const user = findPerson(workspace, as);
  if (user === undefined) return refused('user_not_found');
  const shortcut = shortcuts.find(({ callbackId }) => callbackId === target.callbackId);
  if (shortcut === undefined) return refused('shortcut_not_found');

  const place = shortcut.type === 'global' ? {} : messagePlace(acting, user, target);
  if (place === undefined) return refused('message_not_found');

  const outcome = await acting.deliver({
    type: 'interactive',
    payload: {
      ...interactionPayload(workspace, user, shortcut.type === 'global' ? 'shortcut' : 'message_action'),
      callback_id: shortcut.callbackId,
      trigger_id: workspace.triggers.issue(user.id),
      action_ts: String(workspace.now() / 1000),
      ...place,
    },
  });
  return outcome.kind === 'acknowledged' ? { ok: true } : refused(outcome.kind);
}

/** What the payload says of the message; undefined when this person does not see it, or nobody else does. */
function messagePlace({ workspace }: Acting, user: User, target: ShortcutTarget): Record<string, unknown> | undefined {
  const channel = findOwnChannel(workspace, user, target.channel ?? '');
  const message = channel && workspace.messages.find(channel.id, target.ts ?? '');
  if (channel === undefined || message === undefined || message.ephemeralFor !== undefined) return undefined;
  return {
    channel: { id: channel.id, name: channel.name },
    message_ts: message.ts,
    message: messageObject(message),
    response_url: workspace.responseUrls.issue({ channel: channel.id, userId: user.id }),
  };
}
