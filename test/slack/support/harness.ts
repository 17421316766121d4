import { Redis } from 'ioredis';
import { vi } from 'vitest';
import type { ClusterSpec } from '../../../src/clusters/cluster-spec.ts';
import { recordPlan } from '../../../src/clusters/decisions.ts';
import type { AccessPolicy, Policies } from '../../../src/clusters/policy.ts';
import { silentLogger } from '../../../src/log.ts';
import { startWorkspace, type Workspace } from '../../../src/playground/workspace/workspace.ts';
import { Producer } from '../../../src/queue/producer.ts';
import { createSlackApp, type SlackApp } from '../../../src/slack/app.ts';
import { deploymentCard } from '../../../src/slack/views/deployment-card.ts';
import { createWebClient } from '../../../src/slack/web-client.ts';
import { AuditLog } from '../../../src/store/audit.ts';
import { BuildLogs } from '../../../src/store/build-logs.ts';
import { Builders } from '../../../src/store/builders.ts';
import { Clusters } from '../../../src/store/clusters.ts';
import { Deliveries } from '../../../src/store/deliveries.ts';
import { Deployments } from '../../../src/store/deployments.ts';
import { Threads } from '../../../src/store/threads.ts';
import { approveStaging, clusterRecord, oneApproval, stagingSpec } from '../../support/fixtures.ts';
import { freshRedisUrl } from '../../support/redis.ts';

export const developer = 'U0DEVELOPER';
export const platform = 'U0PLATFORM';
export const visitor = 'U0VISITOR';
export const channel = 'C0DEPLOYS';

/** What clusters.yaml means where it names nobody. */
export const usualAccess: AccessPolicy = {
  admin: oneApproval.from,
  edit: ['S0DEVELOPERS'],
  view: [],
  lifetimeMs: 8 * 3_600_000,
};

type Form = ReturnType<Workspace['modals']>[number];
type StoredMessage = ReturnType<Workspace['messages']>[number];

export interface HarnessOptions {
  readonly mode: 'socket' | 'http';
  readonly policy?: Partial<Policies>;
  readonly auditChannel?: string;
  readonly botScopes?: readonly string[];
  readonly now?: () => number;
  /** The clock of the stand-in for Slack. */
  readonly slackNow?: () => number;
  /** How long somebody waits for a worker's answer. */
  readonly inspectionMs?: number;
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

/** The app between a stand-in for Slack and a real Redis, with people who type and click, and no worker. */
export async function startHarness(options: HarnessOptions) {
  const { mode, policy, auditChannel, botScopes, slackNow, now = Date.now, inspectionMs = 10_000 } = options;
  const log = silentLogger();
  const workspace = await startWorkspace({ log, ...(botScopes && { botScopes }), ...(slackNow && { now: slackNow }) });
  const redisUrl = await freshRedisUrl();
  const redis = new Redis(redisUrl);
  const deployments = new Deployments(redis, () => Promise.resolve(), now);
  const known = new Clusters(redis);
  const threads = new Threads(redis);
  const logs = new BuildLogs(redis);
  const builders = new Builders(redis);
  const audit = new AuditLog(redis);
  const producer = new Producer(redisUrl, log);
  const clusters = new Map<string, ClusterSpec>([
    ['staging', stagingSpec],
    ['sandbox', { ...stagingSpec, name: 'sandbox' }],
  ]);
  const context = {
    clusters,
    policy: { request: ['S0DEVELOPERS'], approve: oneApproval, access: usualAccess, ...policy },
    deployments,
    known,
    threads,
    deliveries: new Deliveries(redis),
    logs,
    builders,
    producer,
    audit,
    ...(auditChannel && { auditChannel }),
    log,
    now,
    inspectionMs,
  };
  const client = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
  let app: SlackApp | undefined;

  async function startApp(): Promise<void> {
    const transport =
      mode === 'socket' ? { appToken: workspace.appToken } : { signingSecret: workspace.signingSecret, port: 0 };
    app = createSlackApp({
      botToken: workspace.botToken,
      apiUrl: workspace.slackApiUrl,
      context,
      log,
      ...transport,
    });
    const { port } = await app.start();
    if (port !== undefined) workspace.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  }

  async function stopApp(): Promise<void> {
    await app?.stop();
    app = undefined;
    workspace.setEventsUrl(undefined);
  }

  /** The next thing that this person alone is told while something is done. */
  async function told(user: string, act: () => Promise<unknown>): Promise<StoredMessage> {
    let stop = () => {};
    const answer = new Promise<StoredMessage>((resolve) => {
      stop = workspace.onMessage(({ message }) => {
        if (message.ephemeralFor === user) resolve(message);
      });
    });
    await act();
    return answer.finally(stop);
  }

  /** Does what opens a form, and resolves with it. */
  async function formAfter(user: string, act: () => Promise<unknown>): Promise<Form> {
    const before = workspace.modals(user).at(-1)?.hash;
    await act();
    return vi.waitUntil(() => workspace.modals(user).find(({ hash }) => hash !== before), { timeout: 5_000 });
  }

  /** Sends the form on top with these values, by the ids of the inputs; what is left out keeps its value. */
  async function submit(user: string, values: Record<string, string> = {}) {
    const form = workspace.modals(user).at(-1);
    const blockOf = (input: string) =>
      form?.blocks.find(({ element }) => (element as { action_id?: string } | undefined)?.action_id === input)
        ?.block_id;
    const entries = Object.entries(values).map(([input, value]) => [blockOf(input) ?? input, { [input]: value }]);
    return workspace.submitView(user, form?.id ?? '', Object.fromEntries(entries));
  }

  await startApp();
  return {
    workspace,
    redis,
    redisUrl,
    deployments,
    known,
    threads,
    logs,
    builders,
    audit,
    clusters,
    startApp,
    stopApp,
    /** The next thing that this person alone is told while something is done. */
    told,
    /** Types a command, and resolves with the answer. */
    command: (user: string, text: string) => told(user, () => workspace.command(user, channel, text)),
    /** Clicks, and resolves with the answer. */
    clickAnswered: (user: string, ts: string, actionId: string) =>
      told(user, () => workspace.click(user, { channel, ts, actionId })),
    /** Clicks, and resolves once that is acknowledged. */
    click: (user: string, ts: string, actionId: string) => workspace.click(user, { channel, ts, actionId }),
    formAfter,
    submit,
    /** Types a command that a form answers, and resolves with the form. */
    commandForm: (user: string, text: string) => formAfter(user, () => workspace.command(user, channel, text)),
    /** Clicks a button that a form answers, and resolves with the form. */
    clickForm: (user: string, ts: string, actionId: string) =>
      formAfter(user, () => workspace.click(user, { channel, ts, actionId })),
    /** Sends the form on top, and resolves with the answer. */
    submitAnswered: (user: string, values: Record<string, string> = {}) => told(user, () => submit(user, values)),
    /** What people were told in private so far. */
    privateAnswers: () => workspace.messages(channel).filter(({ ephemeralFor }) => ephemeralFor !== undefined),
    /** Asks for staging and makes the plan as a worker would; answers the deployment's id. */
    async waitForApproval(): Promise<string> {
      const outcome = await deployments.request({
        action: 'up',
        spec: stagingSpec,
        requestedBy: developer,
        channel,
        terms: context.policy.approve,
      });
      if (outcome.kind !== 'accepted') throw new Error('staging is busy');
      await deployments.change(outcome.deployment.id, recordPlan({ lines: [], warnings: [] }, now()));
      return outcome.deployment.id;
    },
    /** Has staging be up, with the deployment that made it behind it; answers that one's id. */
    async comeUp(): Promise<string> {
      const { id } = await approveStaging(deployments);
      await deployments.change(id, () => [{ type: 'cancelled', by: developer }]);
      await known.put(clusterRecord('up', id));
      return id;
    },
    /** Posts the card of a deployment as it stands; answers its ts. */
    async postCard(id: string): Promise<string> {
      const { ts } = await client.chat.postMessage({ channel, ...deploymentCard(await deployments.get(id)) });
      return ts ?? '';
    },
    /** Posts a message with one button; answers its ts. */
    async postButton(actionId: string, value: string): Promise<string> {
      const button = { type: 'button', action_id: actionId, value, text: { type: 'plain_text', text: 'Old' } } as const;
      const { ts } = await client.chat.postMessage({
        channel,
        text: 'Old',
        blocks: [{ type: 'actions', elements: [button] }],
      });
      return ts ?? '';
    },
    /** Names and deployments of the jobs that wait for a worker. */
    async jobs(): Promise<string[]> {
      const jobs = await producer.queue('cloud').getJobs(['waiting', 'delayed', 'prioritized']);
      return jobs.flatMap(({ name, data }) => (data.deployment === undefined ? [] : [`${name} ${data.deployment}`]));
    },
    async close(): Promise<void> {
      await stopApp();
      await producer.close();
      redis.disconnect();
      await workspace.close();
    },
  };
}

/** Everything that a message or a form says, in its blocks and buttons. */
export function textOf({ blocks, text }: { readonly blocks?: unknown; readonly text?: unknown }): string {
  return JSON.stringify(blocks ?? text);
}
