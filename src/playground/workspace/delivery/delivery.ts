import type { Logger } from '../../../log.ts';
import type { Envelope, Outcome } from './envelope.ts';
import { deliverOverHttp, type HttpTarget } from './signed-http.ts';
import type { SocketMode } from './socket-mode.ts';

export type Deliver = (envelope: Envelope) => Promise<Outcome>;

/** What Slack's network makes of deliveries: it repeats some, and overtakes others. */
export interface Delivery {
  readonly deliver: Deliver;
  /** While on, every delivery comes a second time, as if its acknowledgement had been lost. */
  repeat(on: boolean): void;
  /** From now on deliveries wait; the answer lets them go, the newest first, one after the other. */
  hold(): () => Promise<void>;
}

/** Over a socket while one is connected, otherwise by signed HTTP to where events go, if that is known. */
export function createDelivery(socketMode: SocketMode, http: () => HttpTarget | undefined, log: Logger): Delivery {
  let repeating = false;
  let held: (() => Promise<void>)[] | undefined;

  async function send(envelope: Envelope, attempt: number): Promise<Outcome> {
    const target = http();
    const connected = socketMode.connections() > 0;
    if (!connected && target === undefined) log.warn({ type: envelope.type }, 'no app is connected to the workspace');

    if (connected) return socketMode.deliver(envelope, attempt);
    return target === undefined ? { kind: 'dispatch_failed' } : deliverOverHttp(envelope, target, { log, attempt });
  }

  async function sendNow(envelope: Envelope): Promise<Outcome> {
    const outcome = await send(envelope, 0);
    if (repeating) await send(envelope, 1);
    return outcome;
  }

  return {
    deliver(envelope) {
      const waiting = held;
      if (waiting === undefined) return sendNow(envelope);
      return new Promise((resolve) => {
        waiting.push(async () => resolve(await sendNow(envelope)));
      });
    },
    repeat(on) {
      repeating = on;
    },
    hold() {
      const waiting: (() => Promise<void>)[] = [];
      held = waiting;
      return async () => {
        held = undefined;
        for (const release of waiting.reverse()) await release();
      };
    },
  };
}
