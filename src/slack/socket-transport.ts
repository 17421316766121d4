import { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from '../log.ts';
import { boltLogger } from './bolt-logger.ts';
import { within } from './deadline.ts';
import { startProblem } from './start-problem.ts';
import type { Transport } from './transport.ts';
import { slackTimeoutMs } from './web-client.ts';

/** How long the closing of the socket is waited for, in milliseconds; it takes one round trip when all is well. */
const closingMs = 5_000;

/** One of the answers of Slack after which the client gives up. */
const refusal = { ok: false, error: 'account_inactive' };

/**
 * Socket Mode: events come over a WebSocket that this side opens, so no address of ours has to be reachable. The receiver
 * does not see the client options of the app around it; its own come by way of `installerOptions`.
 */
export function socketTransport(options: { appToken: string; apiUrl: string | undefined; log: Logger }): Transport {
  let stopping = false;
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: boltLogger(options.log),
    installerOptions: {
      clientOptions: {
        ...(options.apiUrl !== undefined && { slackApiUrl: options.apiUrl }),
        timeout: slackTimeoutMs,
        allowAbsoluteUrls: false,
        // Opening a connection is tried until it works: an error here would be one that nobody can catch.
        retryConfig: { forever: true, factor: 1.3, minTimeout: 500, maxTimeout: 30_000 },
        // The client would go on trying after disconnect(); an answer that it takes for final ends that.
        fetch: (url, init) => (stopping ? Promise.resolve(Response.json(refusal)) : fetch(url, init)),
      },
    },
  });
  const { client } = receiver;
  quietWhenStopping(client, () => stopping);

  return {
    receiver,
    async start() {
      try {
        await receiver.start();
      } catch (error) {
        throw startProblem(error, {
          token: 'app-level token',
          hint: 'SLACK_APP_TOKEN is an app-level token with the scope connections:write, from the page "Basic Information"',
        });
      }
      return {};
    },
    async stop() {
      stopping = true;
      // receiver.stop() resolves before the socket has closed.
      await within(closingMs, client.disconnect());
    },
  };
}

/**
 * A connection that is about to be opened anew when disconnect() is called is refused inside the client, where nobody
 * can catch it; Node would end the process for that.
 */
function quietWhenStopping(client: SocketModeReceiver['client'], stopping: () => boolean): void {
  const open = client.start.bind(client);
  client.start = async () => {
    try {
      return await open();
    } catch (error) {
      if (stopping()) return { ok: false };
      throw error;
    }
  };
}
