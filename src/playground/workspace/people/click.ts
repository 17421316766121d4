import type { Outcome } from '../delivery/envelope.ts';
import type { User } from '../state/directory.ts';
import type { Block, StoredMessage } from '../state/messages.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import { messageObject, viewObject } from '../web-api/wire.ts';
import { type Acting, type ActResult, findOwnChannel, findPerson, interactionPayload, refused } from './acting.ts';
import { actionOf, type Entries, type Entry, placedElements, stateValues } from './elements.ts';

/** Which element of which message or modal was used. */
export interface ClickTarget {
  readonly channel?: string;
  readonly ts?: string;
  /** Instead of channel and ts: a modal or Home tab. */
  readonly viewId?: string;
  readonly actionId: string;
  /** Needed only when two blocks hold the same action id. */
  readonly blockId?: string;
  /** What was chosen in a menu, or the values of the boxes that are ticked. */
  readonly value?: Entry;
}

interface Surface {
  readonly blocks: readonly Block[];
  /** The fields of the payload that say where it happened. */
  readonly payload: (values: Record<string, unknown>) => Record<string, unknown>;
  readonly viewId?: string;
}

/**
 * A person clicks a button or chooses from a menu, and has confirmed it if the element asks for that. Resolves once the
 * app has acknowledged.
 */
export async function clickElement(acting: Acting, as: string, target: ClickTarget): Promise<ActResult> {
  const { workspace } = acting;
  const user = findPerson(workspace, as);
  if (user === undefined) return refused('user_not_found');
  const surface =
    target.viewId === undefined ? messageSurface(workspace, user, target) : viewSurface(workspace, user, target.viewId);
  if (surface === undefined) return refused('message_not_found');
  const placed = placedElements(surface.blocks).find(
    ({ actionId, block }) => actionId === target.actionId && (target.blockId ?? block.block_id) === block.block_id,
  );
  const action = placed && actionOf(placed, target.value, String(workspace.now() / 1000));
  if (action === undefined) return refused('action_not_found');

  const entries: Entries =
    target.value === undefined ? {} : { [String(action.block_id)]: { [target.actionId]: target.value } };
  const outcome = await acting.deliver({
    type: 'interactive',
    payload: {
      ...interactionPayload(workspace, user, 'block_actions'),
      ...surface.payload(stateValues(surface.blocks, entries)),
      actions: [action],
      trigger_id: workspace.triggers.issue(user.id, surface.viewId),
    },
  });
  return settled(outcome);
}

function settled(outcome: Outcome): ActResult {
  return outcome.kind === 'acknowledged' ? { ok: true } : refused(outcome.kind);
}

function messageSurface(workspace: WorkspaceState, user: User, { channel, ts }: ClickTarget): Surface | undefined {
  const place = findOwnChannel(workspace, user, channel ?? '');
  const message = place && workspace.messages.find(place.id, ts ?? '');
  if (place === undefined || message === undefined || !isVisible(message, user)) return undefined;

  const ephemeral = message.ephemeralFor !== undefined;
  return {
    blocks: message.blocks ?? [],
    payload: (values) => ({
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: place.id,
        is_ephemeral: ephemeral,
        ...(message.thread_ts !== undefined && { thread_ts: message.thread_ts }),
      },
      channel: { id: place.id, name: place.name },
      // Slack keeps no ephemeral messages, so it cannot send one along.
      ...(!ephemeral && { message: messageObject(message) }),
      state: { values },
      response_url: workspace.responseUrls.issue({ channel: place.id, userId: user.id, messageTs: message.ts }),
    }),
  };
}

function isVisible(message: StoredMessage, user: User): boolean {
  return message.ephemeralFor === undefined || message.ephemeralFor === user.id;
}

function viewSurface({ views }: WorkspaceState, user: User, viewId: string): Surface | undefined {
  const view = views.find(viewId);
  if (view === undefined || view.userId !== user.id) return undefined;
  return {
    blocks: view.blocks,
    viewId,
    payload: (values) => ({ container: { type: 'view', view_id: view.id }, view: viewObject(view, values) }),
  };
}
