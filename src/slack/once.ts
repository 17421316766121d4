import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';
import type { Logger } from '../log.ts';
import type { Deliveries } from '../store/deliveries.ts';
import { within } from './deadline.ts';

/** Slack waits three seconds for an acknowledgement, and a form has to open in them, too; milliseconds. */
const patienceMs = 300;

/**
 * Lets each delivery pass once. Slack delivers again what it saw no acknowledgement of, although it may have been done:
 * an event under the same event_id, and a command or click under the same trigger_id. A second one is acknowledged and
 * otherwise left alone. Without Redis, or while that is slow, everything passes: all that is done twice then finds that it
 * is done.
 */
export function once(deliveries: Pick<Deliveries, 'isFirst'>, log: Logger): Middleware<AnyMiddlewareArgs> {
  async function isFirst(id: string): Promise<boolean> {
    return (await within(patienceMs, deliveries.isFirst(id)).catch(() => true)) ?? true;
  }

  return async (args) => {
    const id = deliveryId(args.body);
    if (id === undefined || (await isFirst(id))) return args.next();
    log.info({ id }, 'delivered again, and left alone');
    if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)();
  };
}

function deliveryId(body: object): string | undefined {
  const { event_id, trigger_id } = body as { readonly event_id?: unknown; readonly trigger_id?: unknown };
  const id = event_id ?? trigger_id;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
