import type { Logger } from '../../../log.ts';
import type { Envelope, Outcome } from './envelope.ts';
import { deliverOverHttp, type HttpTarget } from './signed-http.ts';
import type { SocketMode } from './socket-mode.ts';

export type Deliver = (envelope: Envelope) => Promise<Outcome>;

/** Over a socket while one is connected, otherwise by signed HTTP to where events go, if that is known. */
export function createDelivery(socketMode: SocketMode, http: () => HttpTarget | undefined, log: Logger): Deliver {
  return async (envelope) => {
    const target = http();
    const connected = socketMode.connections() > 0;
    if (!connected && target === undefined) log.warn({ type: envelope.type }, 'no app is connected to the workspace');

    if (connected) return socketMode.deliver(envelope);
    return target === undefined ? { kind: 'dispatch_failed' } : deliverOverHttp(envelope, target, log);
  };
}
