import { resolve } from 'node:path';
import { z } from 'zod';
import type { ClusterSpec } from '../clusters/cluster-spec.ts';
import type { ReservedCidr } from '../clusters/network-fit.ts';
import type { Policies } from '../clusters/policy.ts';
import { ConfigError } from '../errors.ts';
import type { CloudConfig } from '../openstack/cloud-config.ts';
import { readCloud } from '../openstack/clouds.ts';
import { Secret } from '../secret.ts';
import { readClustersFile } from './clusters-file.ts';

/** Environment variables, passed in: nothing below main.ts reads process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What every process of Slipway reads. */
export interface Config {
  readonly redisUrl: string;
  readonly logLevel: string;
  readonly dataDir: string;
  readonly policy: Policies;
  readonly clusters: ReadonlyMap<string, ClusterSpec>;
  readonly reservedCidrs: readonly ReservedCidr[];
  /** How long a release is kept in Swift that nothing uses; milliseconds. */
  readonly keepReleasesMs: number;
  /** Slack channel id: where decisions are told that change something or were refused. */
  readonly auditChannel?: string;
  readonly slack: SlackConfig | undefined;
  /** Credentials of the cloud of that name in clouds.yaml; undefined names the OS_* environment. Throws ConfigError. */
  cloud(name: string | undefined): CloudConfig;
}

/** How to reach Slack. A worker needs the bot token only; the bot needs Socket Mode or HTTP besides. */
export interface SlackConfig {
  readonly botToken: Secret;
  readonly appToken: Secret | undefined;
  readonly signingSecret: Secret | undefined;
  readonly port: number;
  /** Where Slack's Web API is; undefined means Slack's own. */
  readonly apiUrl: string | undefined;
}

/** Which process asks: what it must have differs. */
export interface ConfigNeeds {
  /** Will it post to Slack? */
  readonly slack: boolean;
  /** Will it receive commands and clicks? */
  readonly slackEvents: boolean;
  /** Will it call OpenStack? Then every cloud that a cluster names is looked up at once. */
  readonly clouds: boolean;
}

const redisUrl = z.url({ protocol: /^rediss?$/ });
const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);
const port = z.coerce.number().int().min(1).max(65535);

/** Reads one variable at a time and collects what is wrong with any of them. */
class Reader {
  readonly problems: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** An empty variable counts as absent: that is how `docker compose` passes on what is not set. */
  text(name: string): string | undefined {
    return this.#env[name]?.trim() || undefined;
  }

  value<Output>(name: string, schema: z.ZodType<Output>, fallback: Output, expected: string): Output {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    this.problems.push(`${name}: expected ${expected}`);
    return fallback;
  }

  secret(name: string, prefix: string): Secret | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!text.startsWith(prefix)) this.problems.push(`${name}: expected a value that begins with ${prefix}`);
    return new Secret(text);
  }
}

/**
 * Reads the environment and the files that it names. Throws one ConfigError with every problem, each with the variable
 * or key, what was expected and an example.
 */
export function readConfig(env: Environment, needs: ConfigNeeds): Config {
  const reader = new Reader(env);
  const slack = readSlack(reader, needs);
  const settings = {
    redisUrl: readRedis(reader),
    logLevel: reader.value('LOG_LEVEL', logLevel, 'info', `one of ${logLevel.options.join(', ')}`),
    dataDir: resolve(reader.text('DATA_DIR') ?? '.slipway'),
  };
  const file = readClustersFile(resolve(reader.text('CLUSTERS_FILE') ?? 'clusters.yaml'), reader.problems);
  const clouds = needs.clouds && file ? readClouds(file.clusters, env, reader.problems) : undefined;

  if (reader.problems.length > 0 || file === undefined) {
    throw new ConfigError('The configuration cannot be used', reader.problems, {
      hint: 'Mend these in the files that are named, or in the environment; .env.example explains each variable',
    });
  }
  return { ...settings, ...file, slack, cloud: (name) => clouds?.get(name) ?? readCloud(name, env) };
}

/** The address of Redis alone, for callers that need nothing else. Throws ConfigError. */
export function readRedisUrl(env: Environment): string {
  const reader = new Reader(env);
  const url = readRedis(reader);
  if (reader.problems.length > 0) throw new ConfigError('The configuration cannot be used', reader.problems);
  return url;
}

function readRedis(reader: Reader): string {
  return reader.value('REDIS_URL', redisUrl, 'redis://localhost:6379', 'a URL such as redis://localhost:6379');
}

function readSlack(reader: Reader, needs: ConfigNeeds): SlackConfig | undefined {
  const botToken = reader.secret('SLACK_BOT_TOKEN', 'xoxb-');
  const appToken = reader.secret('SLACK_APP_TOKEN', 'xapp-');
  const signingSecret = reader.secret('SLACK_SIGNING_SECRET', '');
  if (needs.slack && botToken === undefined) {
    reader.problems.push('SLACK_BOT_TOKEN: missing; it is the Bot User OAuth Token of the app, xoxb-…');
  }
  if (needs.slackEvents && appToken === undefined && signingSecret === undefined) {
    reader.problems.push(
      'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET: one is needed; an app-level token xapp-… for Socket Mode, or the signing secret for HTTP',
    );
  }
  const settings = {
    port: reader.value('PORT', port, 3000, 'a port number such as 3000'),
    apiUrl: reader.value('SLACK_API_URL', z.url().optional(), undefined, 'a URL such as https://slack.com/api/'),
  };
  return botToken && { botToken, appToken, signingSecret, ...settings };
}

function readClouds(
  clusters: ReadonlyMap<string, ClusterSpec>,
  env: Environment,
  problems: string[],
): Map<string | undefined, CloudConfig> {
  const clouds = new Map<string | undefined, CloudConfig>();
  for (const name of new Set([...clusters.values()].flatMap(cloudsOf))) {
    try {
      clouds.set(name, readCloud(name, env));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  return clouds;
}

/** The entries of clouds.yaml that a cluster needs. */
function cloudsOf({ cloud, swift }: ClusterSpec): (string | undefined)[] {
  return swift === undefined ? [cloud] : [cloud, swift.cloud];
}
