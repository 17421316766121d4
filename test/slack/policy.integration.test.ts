import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { postAudit } from '../../jobs/post-audit.ts';
import type { AuditEntry } from '../../src/clusters/audit-entry.ts';
import type { Policy } from '../../src/clusters/policy.ts';
import { silentLogger } from '../../src/log.ts';
import { queuePrefix } from '../../src/queue/jobs.ts';
import { buttonValue } from '../../src/slack/views/button-value.ts';
import { createWebClient } from '../../src/slack/web-client.ts';
import { clusterRecord, oneApproval } from '../support/fixtures.ts';
import {
  channel,
  developer,
  type Harness,
  type HarnessOptions,
  platform,
  startHarness,
  textOf,
  usualAccess,
  visitor,
} from './support/harness.ts';

const withoutUsers = ['commands', 'chat:write', 'usergroups:read'];

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('who may do what over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode, inspectionMs: 300 });
  });
  afterEach(() => slack.close());

  async function restart(options: Omit<HarnessOptions, 'mode'>): Promise<void> {
    await slack.close();
    slack = await startHarness({ mode, inspectionMs: 300, ...options });
  }

  /** The decisions so far, the oldest first, without their times. */
  async function decisions(): Promise<Omit<AuditEntry, 'at'>[]> {
    return (await slack.audit.newest(100)).reverse().map(({ at: _at, ...entry }) => entry);
  }

  describe('somebody who is no full member of the workspace', () => {
    const outsiders = [
      ['U0GUEST', 'guest', 'Slipway takes nothing from guests of this workspace'],
      ['U0SINGLE', 'guest', 'Slipway takes nothing from guests of this workspace'],
      ['U0ROBOT', 'bot', 'Slipway takes nothing from bots'],
      ['U0GONE', 'deleted', 'Slipway takes nothing from an account that is switched off'],
      ['U0STRANGER', 'stranger', 'Slipway takes nothing from people of another workspace'],
    ] as const;

    it.each(outsiders)(
      '%s is refused whatever the policy names, and that is written down',
      async (user, rule, text) => {
        const named = { request: [user], approve: { ...oneApproval, from: [user] }, read: [user] };
        await restart({ policy: { ...named, access: { ...usualAccess, admin: [user] } } });
        const ts = await slack.postCard(await slack.waitForApproval());
        const [waiting] = await slack.deployments.active();

        const answers = [
          await slack.command(user, '/k8s down staging'),
          await slack.command(user, '/k8s list'),
          await slack.command(user, '/k8s help'),
          await slack.clickAnswered(user, ts, 'approve'),
        ];

        for (const answer of answers) expect(textOf(answer)).toContain(text);
        expect(await slack.deployments.get(waiting?.id ?? '')).toMatchObject({
          state: 'awaiting-approval',
          approvals: [],
        });
        const about = { cluster: 'staging', deployment: waiting?.id };
        expect(await decisions()).toEqual([
          { who: user, verb: 'down', surface: 'command', ...about, allowed: false, rule },
          { who: user, verb: 'list', surface: 'command', allowed: false, rule },
          { who: user, verb: 'help', surface: 'command', allowed: false, rule },
          { who: user, verb: 'approve', surface: 'button', ...about, allowed: false, rule },
        ]);
      },
    );
  });

  describe('when Slack does not say who somebody is', () => {
    it('nothing is done but helped, and what to mend is said', async () => {
      await restart({ botScopes: withoutUsers });

      const answer = await slack.command(developer, '/k8s up staging');
      const help = await slack.command(developer, '/k8s help');

      expect(textOf(answer)).toContain('Looking up who you are, so that nobody from outside does anything');
      expect(textOf(answer)).toContain('Give the app the bot scope users:read and install it again');
      expect(textOf(help)).toContain('/k8s up [CLUSTER]');
      expect(await slack.deployments.active()).toEqual([]);
      expect(await decisions()).toMatchObject([{ verb: 'up', allowed: false, rule: 'unidentified' }]);
    });

    it('a look is refused as well, and a click', async () => {
      await restart({ botScopes: withoutUsers });
      const ts = await slack.postCard(await slack.waitForApproval());

      const looked = await slack.command(visitor, '/k8s list');
      const clicked = await slack.clickAnswered(platform, ts, 'approve');

      for (const answer of [looked, clicked]) expect(textOf(answer)).toContain('Slack refused (missing_scope)');
      expect(await slack.jobs()).toEqual([]);
    });
  });

  describe('the audit log', () => {
    it('has what was allowed and what was refused, by which rule, and nothing that was typed besides', async () => {
      await slack.command(visitor, '/k8s up staging');
      await slack.command(developer, '/k8s up staging');
      await slack.command(visitor, '/k8s status hunter2-my-password');
      const [deployment] = await slack.deployments.active();
      await slack.command(developer, '/k8s cancel staging');

      expect(await decisions()).toEqual([
        { who: visitor, verb: 'up', surface: 'command', cluster: 'staging', allowed: false, rule: 'not-named' },
        { who: developer, verb: 'up', surface: 'command', cluster: 'staging', allowed: true, rule: 'request' },
        { who: visitor, verb: 'status', surface: 'command', allowed: true, rule: 'members' },
        {
          who: developer,
          verb: 'cancel',
          surface: 'command',
          cluster: 'staging',
          deployment: deployment?.id,
          allowed: true,
          rule: 'requester',
        },
      ]);
    });

    it('has what a deployment’s terms decide', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);

      await slack.clickAnswered(visitor, ts, 'approve');
      await slack.click(platform, ts, 'approve');
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('queued'));

      const about = { surface: 'button', cluster: 'staging', deployment: id };
      expect(await decisions()).toEqual([
        { who: visitor, verb: 'approve', ...about, allowed: false, rule: 'not-an-approver' },
        { who: platform, verb: 'approve', ...about, allowed: true, rule: 'approve.from' },
      ]);
    });

    it('is written before anything is done: where it cannot be, nothing is', async () => {
      await slack.redis.set('slipway:audit', 'in the way');

      const up = await slack.command(developer, '/k8s up staging');
      const help = await slack.command(developer, '/k8s help');

      expect(textOf(up)).toContain('Nothing was done, since it could not be written into the audit log');
      expect(textOf(help)).toContain('/k8s up [CLUSTER]');
      expect(await slack.deployments.active()).toEqual([]);
    });
  });

  describe('policy.commands and policy.read', () => {
    it('narrow a command together with its button, and say who may', async () => {
      await restart({ policy: { commands: { down: ['S0PLATFORM'] } } });
      await slack.known.put(clusterRecord('up', 'staging-1'));

      const question = await slack.command(platform, '/k8s down staging');
      const ts = await slack.postButton('tear-down', buttonValue({ cluster: 'staging', deployment: 'staging-1' }));
      const typed = await slack.command(developer, '/k8s down staging');
      const clicked = await slack.clickAnswered(developer, ts, 'tear-down');

      expect(textOf(question)).toContain('Tear down staging');
      for (const answer of [typed, clicked]) {
        expect(textOf(answer)).toContain('You may not tear staging down.\\n→ <!subteam^S0PLATFORM> may');
      }
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('close what everybody may see', async () => {
      await restart({ policy: { read: [] } });

      expect(textOf(await slack.command(visitor, '/k8s list'))).toContain('You may not see which clusters there are');
      expect(textOf(await slack.command(developer, '/k8s list'))).toContain('staging');
    });
  });

  describe('the policy of one cluster', () => {
    const own: Policy = {
      request: ['S0PLATFORM'],
      approve: { ...oneApproval, count: 2 },
      access: { ...usualAccess, edit: [] },
      read: [],
    };

    beforeEach(() => restart({ policy: { clusters: new Map([['sandbox', own]]) } }));

    it('counts for that cluster alone', async () => {
      const refused = await slack.command(developer, '/k8s up sandbox');
      const other = await slack.command(developer, '/k8s up staging');
      await slack.command(platform, '/k8s up sandbox');

      expect(textOf(refused)).toContain('You may not bring sandbox up');
      expect(textOf(other)).toContain('Planning *staging*');
      const terms = (await slack.deployments.active()).map(({ cluster, terms }) => [cluster, terms.count]);
      expect(Object.fromEntries(terms)).toEqual({ staging: 1, sandbox: 2 });
    });

    it('keeps it out of what tells of all clusters, for those who may not see it', async () => {
      await slack.command(platform, '/k8s up sandbox');

      const hidden = await Promise.all(
        ['list', 'status', 'history'].map((word) => slack.command(visitor, `/k8s ${word}`)),
      );
      const listed = await slack.command(platform, '/k8s list');
      const history = await slack.command(platform, '/k8s history');

      for (const answer of hidden) expect(textOf(answer)).not.toContain('sandbox');
      expect(textOf(listed)).toContain('sandbox');
      expect(textOf(history)).toContain('up sandbox');
    });

    it('is not got round by a button that names another cluster than its deployment', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postButton('tear-down', buttonValue({ cluster: 'sandbox', deployment: id }));

      expect(textOf(await slack.clickAnswered(developer, ts, 'tear-down'))).toContain('not known any more');
      expect(await decisions()).toEqual([]);
    });
  });

  describe('/k8s history', () => {
    it('shows decisions and what became of deployments, newest first', async () => {
      await slack.command(visitor, '/k8s up staging');
      await slack.command(developer, '/k8s list');
      await slack.command(developer, '/k8s up staging');
      await slack.command(developer, '/k8s cancel staging');

      const answer = await slack.command(visitor, '/k8s history staging');

      const text = textOf(answer);
      const places = [
        'bringing up *staging* was cancelled',
        'cancel staging',
        '`up staging` · allowed',
        '`up staging` · *refused*',
      ];
      const found = places.map((place) => text.indexOf(place));
      expect(found).not.toContain(-1);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(text).toContain('<!date^');
      expect(text).not.toContain('`list` ·');
      expect(answer.ephemeralFor).toBe(visitor);
    });

    it('says how much more there is, and tells of the one cluster that is named', async () => {
      for (let index = 0; index < 20; index += 1) {
        const entry = {
          at: index,
          who: visitor,
          verb: 'up',
          surface: 'command',
          allowed: false,
          rule: 'guest',
        } as const;
        await slack.audit.append({ ...entry, cluster: 'staging' });
      }

      const staging = await slack.command(visitor, '/k8s history staging');
      const sandbox = await slack.command(visitor, '/k8s history sandbox');
      const wrong = await slack.command(visitor, '/k8s history stagign');

      expect(textOf(staging)).toContain('and 5 more');
      expect(textOf(sandbox)).toContain('Nothing is known of the past of *sandbox*');
      expect(textOf(wrong)).toContain('There is no cluster stagign. Did you mean staging?');
    });
  });
});

describe('the audit channel', () => {
  it('is told of changes and refusals by a worker, several in one message', async () => {
    const slack = await startHarness({ mode: 'socket', auditChannel: channel });
    const log = silentLogger();
    await slack.command(developer, '/k8s list');
    await slack.command(visitor, '/k8s up staging');
    await slack.command(developer, '/k8s up staging');
    await slack.command('U0GUEST', '/k8s help');

    const connection = new Redis(slack.redisUrl, { maxRetriesPerRequest: null });
    const client = createWebClient(slack.workspace.botToken, { apiUrl: slack.workspace.slackApiUrl, log });
    const tools = { audit: slack.audit, auditChannel: channel, slack: client, log };
    const worker = new Worker('notify', (job, token = '') => postAudit(job, token, tools), {
      connection,
      prefix: queuePrefix,
    });
    const told = () => slack.workspace.messages(channel).filter(({ ephemeralFor }) => ephemeralFor === undefined);
    await vi.waitFor(() => expect(told()).toHaveLength(1), 10_000);
    await worker.close();
    connection.disconnect();

    const text = textOf(told()[0] ?? ({} as never));
    expect(text).toContain('<@U0VISITOR> · `up staging` · *refused*: the policy does not name them');
    expect(text).toContain('<@U0DEVELOPER> · `up staging` · allowed: policy.request');
    expect(text).toContain('<@U0GUEST> · `help` · *refused*: a guest');
    expect(text).not.toContain('`list`');
    await slack.close();
  });

  it('is not told anything where the configuration names none', async () => {
    const slack = await startHarness({ mode: 'http' });

    await slack.command(visitor, '/k8s up staging');

    const keys = await slack.redis.keys('slipway:queue:notify:*');
    expect(keys.filter((key) => /:\d+$/.test(key))).toEqual([]);
    await slack.close();
  });
});
