import { X509Certificate } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tools } from '../../jobs/run.ts';
import { type RunningWorker, startWorker } from '../../jobs/worker.ts';
import type { Cluster } from '../../src/clusters/cluster.ts';
import type { AccessPolicy } from '../../src/clusters/policy.ts';
import { KubernetesApi } from '../../src/kubernetes/api/kubernetes-api.ts';
import { listNodes } from '../../src/kubernetes/api/nodes.ts';
import { listPods } from '../../src/kubernetes/api/pods.ts';
import { parseKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { Producer } from '../../src/queue/producer.ts';
import { createPeople, type People } from '../../src/slack/people.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { AuditLog } from '../../src/store/audit.ts';
import { BuildLogs } from '../../src/store/build-logs.ts';
import { Clusters } from '../../src/store/clusters.ts';
import { Deployments } from '../../src/store/deployments.ts';
import { Threads } from '../../src/store/threads.ts';
import type { RunningApi } from '../playground/nodes/support.ts';
import { oneApproval } from '../support/fixtures.ts';
import { freshRedisUrl } from '../support/redis.ts';
import { type ClusterStage, openClusterStage } from './cluster-stage.ts';

const developer = 'U0DEVELOPER';
const platform = 'U0PLATFORM';
const visitor = 'U0VISITOR';
const hourMs = 3_600_000;
const deployment = 'staging-1';

/** Everything that the worker logs, down to what Slack's client traces. */
function recordingLog() {
  const stream = new PassThrough();
  const lines: string[] = [];
  stream.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  return { log: pino({ level: 'trace' }, stream), text: () => lines.join('') };
}

describe('a kubeconfig for a person', () => {
  let stage: ClusterStage;
  let api: RunningApi;
  let workspace: Workspace;
  let redis: Redis;
  let producer: Producer;
  let worker: RunningWorker;
  let logged: () => string;
  let access: AccessPolicy;
  let people: People;

  async function open(botScopes?: readonly string[]): Promise<void> {
    const { log, text } = recordingLog();
    logged = text;
    stage = await openClusterStage(log);
    api = await stage.startApi();
    workspace = await startWorkspace({ log, ...(botScopes && { botScopes }) });
    const redisUrl = await freshRedisUrl();
    redis = new Redis(redisUrl);
    producer = new Producer(redisUrl, log);
    const deployments = new Deployments(redis, () => Promise.resolve());
    const clusters = new Clusters(redis);
    await clusters.put({ name: 'staging', cloud: 'playground', apiUrl: serverUrl() } as Cluster);
    const slack = createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log });
    access = { admin: [platform], edit: ['S0DEVELOPERS'], view: [], lifetimeMs: 8 * hourMs };
    people = createPeople(slack, log);
    worker = await startWorker({
      redisUrl,
      queues: ['notify'],
      tools: {
        deployments,
        clusters,
        producer,
        choices: [],
        openstack: () => stage.openstack,
        log,
      } as unknown as Tools,
      notify: {
        deployments,
        threads: new Threads(redis),
        logs: new BuildLogs(redis),
        slack,
        people,
        audit: new AuditLog(redis),
        auditChannel: undefined,
        policy: { request: [], approve: oneApproval, access },
        log,
      },
    });
  }

  async function close(): Promise<void> {
    await worker.close();
    await producer.close();
    redis.disconnect();
    await workspace.close();
    await stage.close();
  }

  beforeEach(() => open());
  afterEach(close);

  const serverUrl = () => api.kubeconfig('nobody', []).server;
  const ask = (user: string) => producer.sendKubeconfig({ cluster: 'staging', deployment, requestedBy: user }, 30_000);
  const directMessages = (user: string) => workspace.messages(user.replace('U', 'D'));

  /** The file in somebody's direct messages. */
  async function fileOf(user: string): Promise<string> {
    const [file] = directMessages(user).at(-1)?.files ?? [];
    return (await fetch(`${workspace.url}${file?.path}`)).text();
  }

  /** Every word of every command that Redis gets from now on, so that nothing passes through unseen. */
  async function watchRedis() {
    const monitor = await redis.monitor();
    const commands: string[] = [];
    monitor.on('monitor', (_time: string, words: string[]) => commands.push(words.join(' ')));
    return { text: () => commands.join('\n'), stop: () => monitor.disconnect() };
  }

  it('is a file in their direct messages, which lets them in as themselves, for the time of the policy', async () => {
    await stage.putAdminConf(deployment, api);
    const before = Date.now();

    const sent = await ask(developer);

    expect(sent).toEqual({ kind: 'sent', level: 'edit', until: expect.any(Number) });
    const [message, ...others] = directMessages(developer);
    expect(others).toEqual([]);
    expect(message?.files).toMatchObject([{ name: 'staging.kubeconfig' }]);
    expect(message?.text).toContain('Your kubeconfig for *staging* holds until <!date^');
    expect(message?.text).toContain('Group `slipway:edit`: may change what runs in any namespace');
    expect(message?.text).toContain('KUBECONFIG=./staging.kubeconfig kubectl get pods --all-namespaces');
    const text = await fileOf(developer);
    expect(text).toContain('current-context: staging');
    const { server, certificate } = parseKubeconfig(text);
    const { subject, validTo } = new X509Certificate(certificate);
    expect(server).toBe(serverUrl());
    expect(subject.split('\n').sort()).toEqual([`CN=slack:${developer}`, 'O=slipway:edit']);
    expect(Date.parse(validTo)).toBeLessThanOrEqual(Date.now() + 8 * hourMs);
    expect(Date.parse(validTo)).toBeGreaterThan(before + 7.9 * hourMs);
  });

  it.each([
    { who: 'an editor', user: developer, nodes: /nodes is forbidden: User "slack:U0DEVELOPER" cannot list/ },
    { who: 'an administrator', user: platform, nodes: undefined },
  ])('lets $who do what their group may, and no more', async ({ user, nodes }) => {
    await stage.putAdminConf(deployment, api);
    await ask(user);
    const theirs = await KubernetesApi.connect(parseKubeconfig(await fileOf(user)));

    const pods = await listPods(theirs, 'kube-system');
    const listing = await listNodes(theirs).then(
      () => undefined,
      (error: Error) => error.message,
    );
    await theirs.close();

    expect(pods.length).toBeGreaterThan(0);
    expect(listing).toEqual(nodes === undefined ? undefined : expect.stringMatching(nodes));
  });

  it('is in no log and in nothing that Redis is given, and neither is the administrator’s', async () => {
    const adminConf = await stage.putAdminConf(deployment, api);
    const watched = await watchRedis();

    await ask(developer);

    await vi.waitFor(() => expect(watched.text()).toContain('"kind":"sent"'));
    watched.stop();
    const kept = `${logged()}${watched.text()}`;
    expect(kept).toContain('a kubeconfig was sent');
    expect(kept).not.toContain('PRIVATE KEY');
    for (const text of [adminConf, await fileOf(developer)]) {
      const key = parseKubeconfig(text).key.reveal();
      const [, line = ''] = key.split('\n');
      for (const form of [line, Buffer.from(key).toString('base64').slice(0, 200)]) expect(kept).not.toContain(form);
    }
  });

  it('is sent once for a double click', async () => {
    await stage.putAdminConf(deployment, api);

    const answers = await Promise.all([ask(developer), ask(developer)]);

    expect(answers.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    expect(directMessages(developer)).toHaveLength(1);
  });

  it('is refused to whoever the worker’s own policy does not name, whatever is in the queue', async () => {
    await stage.putAdminConf(deployment, api);

    expect(await ask(visitor)).toEqual({
      kind: 'refused',
      message: 'the policy gives you no access to clusters',
      hint: expect.stringContaining('policy.access in clusters.yaml'),
    });
    expect(directMessages(visitor)).toEqual([]);
  });

  it('is refused to a guest, though the policy names them', async () => {
    Object.assign(access, { edit: ['U0GUEST'] });
    await stage.putAdminConf(deployment, api);

    expect(await ask('U0GUEST')).toMatchObject({
      kind: 'refused',
      message: 'kubeconfigs are for full members of the workspace alone',
    });
    expect(directMessages('U0GUEST')).toEqual([]);
  });

  it('says that there is no admin.conf yet', async () => {
    expect(await ask(developer)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('never handed over its admin.conf'),
    });
  });

  it('says that the API is out of reach, and what to do', async () => {
    await stage.putAdminConf(deployment, api);
    await api.close();

    expect(await ask(developer)).toEqual({
      kind: 'refused',
      message: expect.stringMatching(/^the cluster itself signs it, and its API is not reached\. .*nothing listens at/),
      hint: expect.stringContaining('A worker of the queue notify has to reach it'),
    });
    expect(directMessages(developer)).toEqual([]);
  });

  it('says what an API that refuses has said', async () => {
    await stage.putAdminConf(deployment, await stage.startApi());

    expect(await ask(developer)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('is not signed by the cluster'),
    });
  });

  it.each([
    ['im:write', ['commands', 'chat:write', 'files:write', 'usergroups:read', 'users:read']],
    ['files:write', ['commands', 'chat:write', 'im:write', 'usergroups:read', 'users:read']],
  ])('says that the app lacks the scope %s', async (scope, botScopes) => {
    await close();
    await open(botScopes);
    await stage.putAdminConf(deployment, api);

    expect(await ask(developer)).toEqual({
      kind: 'refused',
      message: 'Slack refused (missing_scope)',
      hint: `Give the app the bot scope ${scope} (OAuth & Permissions) and install it again`,
    });
  });

  it('says that Slack does not answer', async () => {
    await stage.putAdminConf(deployment, api);
    await people.outsider(platform);
    workspace.outage(true);

    expect(await ask(platform)).toMatchObject({
      kind: 'refused',
      message: 'Slack did not take the file, or did not answer',
    });
  });
});
