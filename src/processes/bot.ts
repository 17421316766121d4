import { type Environment, readConfig } from '../config/config.ts';
import { createLogger } from '../log.ts';
import { createSlackApp } from '../slack/app.ts';
import { AuditLog } from '../store/audit.ts';
import { BuildLogs } from '../store/build-logs.ts';
import { Builders } from '../store/builders.ts';
import { Deliveries } from '../store/deliveries.ts';
import { Threads } from '../store/threads.ts';
import { openStores } from './stores.ts';

/** A started process, until it is told to end. */
export interface RunningProcess {
  /** What it says of itself when it is ready. */
  readonly ready: string;
  close(): Promise<void>;
}

/** Starts the process that listens to Slack. Throws ConfigError, or DeployError when Redis or Slack does not answer. */
export async function startBot(env: Environment): Promise<RunningProcess> {
  const config = readConfig(env, { slack: true, slackEvents: true, clouds: false });
  const { slack } = config;
  if (slack === undefined) throw new TypeError('readConfig lets no bot pass without Slack');
  const log = createLogger(config.logLevel, { process: 'bot' });
  const stores = await openStores(config.redisUrl, log);

  const app = createSlackApp({
    botToken: slack.botToken.reveal(),
    ...(slack.appToken && { appToken: slack.appToken.reveal() }),
    ...(slack.signingSecret && { signingSecret: slack.signingSecret.reveal() }),
    ...(slack.apiUrl && { apiUrl: slack.apiUrl }),
    port: slack.port,
    context: {
      clusters: config.clusters,
      policy: config.policy,
      deployments: stores.deployments,
      known: stores.clusters,
      threads: new Threads(stores.redis),
      deliveries: new Deliveries(stores.redis),
      logs: new BuildLogs(stores.redis),
      builders: new Builders(stores.redis),
      producer: stores.producer,
      audit: new AuditLog(stores.redis),
      ...(config.auditChannel && { auditChannel: config.auditChannel }),
      log,
    },
    log,
  });
  const { port } = await app.start().catch(async (error: unknown) => {
    await stores.close();
    throw error;
  });
  return {
    ready: port === undefined ? 'bot is connected by Socket Mode' : `bot listens on port ${port}`,
    async close() {
      await app.stop();
      await stores.close();
    },
  };
}
