import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { largestNeeds } from '../../jobs/preflight/check-builder.ts';
import type { Tools } from '../../jobs/run.ts';
import { StackWatches } from '../../jobs/stack-watches.ts';
import { startWorker } from '../../jobs/worker.ts';
import type { CloudChoice } from '../clusters/cluster-spec.ts';
import { choicesOf } from '../clusters/inspection.ts';
import { type Config, type Environment, readConfig, type SlackConfig } from '../config/config.ts';
import { createLogger, type Logger } from '../log.ts';
import { connect, type OpenStack } from '../openstack/openstack.ts';
import { packageRoot } from '../package-root.ts';
import type { QueueName } from '../queue/jobs.ts';
import { createPeople } from '../slack/people.ts';
import { createWebClient } from '../slack/web-client.ts';
import { AuditLog } from '../store/audit.ts';
import { BuildLogs } from '../store/build-logs.ts';
import { Builders } from '../store/builders.ts';
import { Mutex } from '../store/mutex.ts';
import { Threads } from '../store/threads.ts';
import type { RunningProcess } from './bot.ts';
import { secretsOf } from './secrets.ts';
import { openStores, type Stores } from './stores.ts';

/** Starts a process that works on queues. Throws ConfigError, or DeployError when Redis does not answer. */
export async function startWorkerProcess(env: Environment, queues: readonly QueueName[]): Promise<RunningProcess> {
  const needsSlack = queues.includes('notify');
  const config = readConfig(env, { slack: needsSlack, slackEvents: false, clouds: true });
  const log = createLogger(config.logLevel, { process: 'worker' });
  await mkdir(config.dataDir, { recursive: true });
  const stores = await openStores(config.redisUrl, log);
  const clouds = new CloudConnections(config, env, log);

  const worker = await startWorker({
    redisUrl: config.redisUrl,
    queues,
    tools: toolsOf(config, env, stores, clouds, log),
    ...(needsSlack && config.slack && { notify: notifyTools(config.slack, config, stores, log) }),
  });
  return {
    ready: `worker serves ${queues.join(', ')}`,
    async close() {
      await worker.close();
      await clouds.close();
      await stores.close();
    },
  };
}

function toolsOf(config: Config, env: Environment, stores: Stores, clouds: CloudConnections, log: Logger): Tools {
  const watches = new StackWatches((choice) => clouds.get(choice));
  return {
    deployments: stores.deployments,
    clusters: stores.clusters,
    producer: stores.producer,
    openstack: (choice) => clouds.get(choice),
    stackWatch: (choice) => watches.get(choice),
    clouds: [...new Set([...config.clusters.values()].map((spec) => spec.cloud))],
    choices: choicesOf(config.clusters.values()),
    protectedClusters: new Set([...config.clusters.values()].filter((spec) => spec.protected).map(({ name }) => name)),
    keepReleasesMs: config.keepReleasesMs,
    reservedCidrs: config.reservedCidrs,
    environment: env,
    secrets: secretsOf(env, config),
    dataDir: config.dataDir,
    mutex: new Mutex(stores.redis),
    buildLogs: new BuildLogs(stores.redis),
    builders: new Builders(stores.redis),
    buildNeeds: largestNeeds(config.clusters.values()),
    template: join(packageRoot, 'templates/heat/cluster.yaml'),
    states: join(packageRoot, 'templates/salt'),
    log,
  };
}

function notifyTools({ botToken, apiUrl }: SlackConfig, { policy, auditChannel }: Config, stores: Stores, log: Logger) {
  const slack = createWebClient(botToken.reveal(), { ...(apiUrl && { apiUrl }), log });
  return {
    deployments: stores.deployments,
    threads: new Threads(stores.redis),
    logs: new BuildLogs(stores.redis),
    slack,
    people: createPeople(slack, log),
    policy,
    audit: new AuditLog(stores.redis),
    auditChannel,
    log,
  };
}

/** One connection per choice of clouds, made when it is first needed: its tokens serve every step of this process. */
class CloudConnections {
  readonly #config: Config;
  readonly #env: Environment;
  readonly #log: Logger;
  readonly #open = new Map<string, OpenStack>();

  constructor(config: Config, env: Environment, log: Logger) {
    this.#config = config;
    this.#env = env;
    this.#log = log;
  }

  get({ cloud, swift }: CloudChoice): OpenStack {
    const key = JSON.stringify([cloud, swift?.cloud]);
    const open = this.#open.get(key) ?? this.#connect(cloud, swift?.cloud);
    this.#open.set(key, open);
    return open;
  }

  #connect(cloud: string | undefined, swift: string | undefined): OpenStack {
    const swiftCloud = swift === undefined ? {} : { swift: this.#config.cloud(swift) };
    return connect(this.#config.cloud(cloud), { log: this.#log, env: this.#env, ...swiftCloud });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((openstack) => openstack.close()));
  }
}
