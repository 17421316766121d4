import { type Clock, randomSecret } from './ids.ts';

/** How long a trigger_id opens a modal, in milliseconds. */
const lifetimeMs = 3000;

interface Trigger {
  userId: string;
  viewId: string | undefined;
  madeAt: number;
  used: boolean;
}

/** What a spent trigger stood for, or the error that Slack answers. */
export type Exchange =
  | { ok: true; userId: string; viewId: string | undefined }
  | { ok: false; error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' };

/** The trigger ids handed out: each opens one modal, for the person who acted, within three seconds. */
export interface Triggers {
  issue(userId: string, viewId?: string): string;
  exchange(triggerId: string): Exchange;
}

export function createTriggers(now: Clock): Triggers {
  const triggers = new Map<string, Trigger>();

  function issue(userId: string, viewId?: string): string {
    const id = `${now()}.${randomSecret(4)}.${randomSecret()}`;
    triggers.set(id, { userId, viewId, madeAt: now(), used: false });
    return id;
  }

  function exchange(triggerId: string): Exchange {
    const trigger = triggers.get(triggerId);
    if (trigger === undefined) return { ok: false, error: 'invalid_trigger_id' };
    if (trigger.used) return { ok: false, error: 'exchanged_trigger_id' };
    if (now() - trigger.madeAt > lifetimeMs) return { ok: false, error: 'expired_trigger_id' };

    trigger.used = true;
    return { ok: true, userId: trigger.userId, viewId: trigger.viewId };
  }

  return { issue, exchange };
}
