import { App } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { registerActions } from './actions/register-actions.ts';
import { boltLogger } from './bolt-logger.ts';
import { registerCommands } from './commands/register-commands.ts';
import type { SlackContext } from './context.ts';
import { within } from './deadline.ts';
import { registerForms } from './forms/register-forms.ts';
import { registerHome } from './home.ts';
import { httpTransport } from './http-transport.ts';
import type { Listening } from './listening.ts';
import { registerMentions } from './mentions.ts';
import { once } from './once.ts';
import { createPeople } from './people.ts';
import { registerShortcuts } from './shortcuts.ts';
import { socketTransport } from './socket-transport.ts';
import { startProblem } from './start-problem.ts';
import type { Transport } from './transport.ts';
import { slackTimeoutMs } from './web-client.ts';

/** What the app needs. With an app token it uses Socket Mode, otherwise HTTP with the signing secret. */
export interface SlackAppOptions {
  readonly botToken: string;
  readonly appToken?: string | undefined;
  readonly signingSecret?: string | undefined;
  /** For HTTP; 0 takes a free port. */
  readonly port?: number;
  /** Where Slack's Web API is; undefined for Slack's own. */
  readonly apiUrl?: string | undefined;
  readonly context: SlackContext;
  readonly log: Logger;
}

/** The bot's side of Slack. */
export interface SlackApp {
  /** Resolves once commands and clicks can come in; `port` is where, for HTTP. Throws a DeployError if Slack refuses. */
  start(): Promise<{ port?: number }>;
  /** Lets nothing more in, and waits for what is under way. */
  stop(): Promise<void>;
}

/** How long commands and clicks under way may take when the app stops, in milliseconds. */
const drainMs = 10_000;

/** Makes the app. It decides and enqueues; everything that takes long is done by the workers. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { botToken, context, log } = options;
  const transport = createTransport(options);
  const clientOptions = createClientOptions(options);
  const client = new WebClient(botToken, clientOptions);
  const app = new App({
    receiver: transport.receiver,
    // The token has been tried by start(); asking again for every event would only make answers late.
    authorize: () => Promise.resolve({ botToken }),
    clientOptions,
    logger: boltLogger(log),
    convoStore: false,
  });
  app.error((error) => {
    log.error({ err: error }, 'a listener stopped before it could answer');
    return Promise.resolve();
  });

  const underWay = new Set<Promise<void>>();
  function track(work: Promise<void>): Promise<void> {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }
  const listening: Listening = { context, people: createPeople(client, log, context.now), client, track };
  app.use(once(context.deliveries, log));
  registerCommands(app, listening);
  registerMentions(app, listening);
  registerActions(app, listening);
  registerForms(app, listening);
  registerShortcuts(app, listening);
  registerHome(app, listening);

  return {
    async start() {
      await assertToken(client);
      const started = await transport.start();
      log.info({ ...started, mode: options.appToken === undefined ? 'http' : 'socket' }, 'listening to Slack');
      return started;
    },
    async stop() {
      await transport.stop();
      await within(drainMs, Promise.allSettled(underWay));
    },
  };
}

function createTransport({ appToken, signingSecret, port = 0, apiUrl, log }: SlackAppOptions): Transport {
  if (appToken !== undefined) return socketTransport({ appToken, apiUrl, log });
  if (signingSecret !== undefined) return httpTransport({ signingSecret, port, log });
  throw new ConfigError('Slack cannot reach the bot', [
    'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET: one is needed; an app-level token for Socket Mode, or the signing secret for HTTP',
  ]);
}

function createClientOptions({ apiUrl, log }: SlackAppOptions): WebClientOptions {
  return {
    ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
    logger: boltLogger(log),
    timeout: slackTimeoutMs,
    retryConfig: { retries: 3, factor: 2, minTimeout: 500, maxTimeout: 5_000 },
    // Somebody waits for the answer: better "try again in a minute" now than the right one after it.
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // Bolt answers through response_urls with this, too, and sets no deadline there.
    fetch: (url, init) => fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(slackTimeoutMs) }),
  };
}

/** Tries the token once, so that a wrong one is told of at the start and not when somebody waits for an answer. */
async function assertToken(client: WebClient): Promise<void> {
  try {
    await client.auth.test();
  } catch (error) {
    throw startProblem(error, {
      token: 'bot token',
      hint: 'SLACK_BOT_TOKEN is the Bot User OAuth Token on the page "OAuth & Permissions" of the app',
    });
  }
}
