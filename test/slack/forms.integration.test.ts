import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { approve, failStep, recordPlan, startStep } from '../../src/clusters/decisions.ts';
import { approveStaging, clusterRecord, oneApproval, requestStaging, stagingSpec } from '../support/fixtures.ts';
import {
  developer,
  type Harness,
  type HarnessOptions,
  platform,
  startHarness,
  textOf,
  usualAccess,
  visitor,
} from './support/harness.ts';

const hour = 3_600_000;
const plan = { lines: [], warnings: [] };

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('forms over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  async function restart(options: Omit<HarnessOptions, 'mode'>): Promise<void> {
    await slack.close();
    slack = await startHarness({ mode, ...options });
  }

  /** Decisions that were refused, the oldest first. */
  async function refusals(): Promise<object[]> {
    return (await slack.audit.newest(100)).reverse().filter(({ allowed }) => !allowed);
  }

  describe('/k8s up without a name', () => {
    it('opens a form, which asks for the cluster as it is sent', async () => {
      const form = await slack.commandForm(developer, '/k8s up');
      const answer = await slack.submitAnswered(developer, { 'form-nodes': '3', 'form-ttl': '4h' });

      expect(textOf(form)).toContain('"form-cluster"');
      expect(textOf(answer)).toContain('Planning *sandbox*');
      const [deployment] = await slack.deployments.active();
      expect(deployment).toMatchObject({
        cluster: 'sandbox',
        requestedBy: developer,
        spec: { nodes: { count: 3 }, lifetime: { defaultMs: 4 * hour }, kubernetes: { version: 'v1.34.2' } },
      });
      expect(await slack.jobs()).toEqual([`plan ${deployment?.id}`]);
      expect(slack.workspace.modals(developer)).toEqual([]);
      const [decision] = await slack.audit.newest(1);
      expect(decision).toMatchObject({
        who: developer,
        verb: 'up',
        surface: 'form',
        cluster: 'sandbox',
        allowed: true,
      });
    });

    it('is made anew for another cluster that is chosen in it', async () => {
      slack.clusters.set('staging', { ...stagingSpec, nodes: { ...stagingSpec.nodes, count: 2, max: 7 } });
      const form = await slack.commandForm(developer, '/k8s up');

      const other = await slack.formAfter(developer, () =>
        slack.workspace.click(developer, { viewId: form.id, actionId: 'form-cluster', value: 'staging' }),
      );
      await slack.submitAnswered(developer);

      expect(other.id).toBe(form.id);
      expect(textOf(other)).toContain('"max_value":"7"');
      expect(await slack.deployments.active()).toMatchObject([{ cluster: 'staging', spec: { nodes: { count: 2 } } }]);
    });

    it('refuses what it was sent for another cluster than it shows', async () => {
      await slack.commandForm(developer, '/k8s up');

      const result = await slack.submit(developer, { 'form-cluster': 'staging' });

      expect(result.errors).toEqual({ cluster: expect.stringContaining('The form is being made for staging') });
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('says what is wrong while it is open, at each input, and takes what is right after that', async () => {
      slack.clusters.set('sandbox', { ...stagingSpec, name: 'sandbox', lifetime: { maxMs: 24 * hour } });
      await slack.commandForm(developer, '/k8s up');

      const wrong = await slack.submit(developer, { 'form-version': 'main..x', 'form-ttl': '2d' });
      await slack.submitAnswered(developer, { 'form-version': 'main', 'form-ttl': '1d' });

      expect(wrong).toEqual({
        ok: false,
        error: 'invalid_input',
        errors: {
          'version-sandbox': expect.stringContaining('cannot be a version to build: it has .. in it'),
          'ttl-sandbox': expect.stringContaining('is too long: clusters.yaml lets sandbox be there for'),
        },
      });
      expect(await slack.deployments.active()).toMatchObject([{ spec: { kubernetes: { version: 'main' } } }]);
    });

    it('asks for one cluster however often it is sent', async () => {
      await slack.commandForm(developer, '/k8s up');

      await Promise.all([slack.submit(developer), slack.submit(developer)]);

      await vi.waitFor(() => expect(slack.privateAnswers()).toHaveLength(2));
      const answers = slack.privateAnswers().map(textOf).join('\n');
      expect(answers).toContain('Planning *sandbox*');
      expect(answers).toMatch(/There is a request to bring up|is being brought up already/);
      expect(await slack.deployments.active()).toHaveLength(1);
    });

    it('offers what is free, and says what is not', async () => {
      await slack.known.put({ ...clusterRecord('up', 'sandbox-1'), name: 'sandbox' });

      const form = await slack.commandForm(developer, '/k8s up');

      expect(textOf(form)).toContain('✓ sandbox is up already');
      expect(textOf(form)).not.toContain('"value":"sandbox"');
    });

    it('is said to have nothing to offer where nothing is free', async () => {
      await slack.known.put(clusterRecord('up', 'staging-1'));
      await slack.known.put({ ...clusterRecord('broken', 'sandbox-1'), name: 'sandbox' });

      const answer = await slack.command(developer, '/k8s up');

      expect(textOf(answer)).toContain('There is no cluster that you could bring up now');
      expect(textOf(answer)).toContain('✗ sandbox is broken already');
    });

    it('is refused to who may bring up nothing, which is written down', async () => {
      const answer = await slack.command(visitor, '/k8s up');

      expect(textOf(answer)).toContain('You may not bring clusters up');
      expect(slack.workspace.modals(visitor)).toEqual([]);
      expect(await refusals()).toMatchObject([{ who: visitor, verb: 'up', surface: 'command', rule: 'not-named' }]);
    });

    it('offers somebody the clusters whose own policy names them, and no others', async () => {
      const own = { request: [visitor], approve: oneApproval, access: usualAccess };
      await restart({ policy: { clusters: new Map([['sandbox', own]]) } });

      const form = await slack.commandForm(visitor, '/k8s up');
      await slack.submitAnswered(visitor);

      expect(textOf(form)).toContain('"value":"sandbox"');
      expect(textOf(form)).not.toContain('"value":"staging"');
      expect(await slack.deployments.active()).toMatchObject([{ cluster: 'sandbox', requestedBy: visitor }]);
    });

    it('offers what one policy names somebody for in person, and another by a group', async () => {
      const own = { request: [developer], approve: oneApproval, access: usualAccess };
      await restart({ policy: { clusters: new Map([['sandbox', own]]) } });

      const form = await slack.commandForm(developer, '/k8s up');

      expect(textOf(form)).toContain('"value":"sandbox"');
      expect(textOf(form)).toContain('"value":"staging"');
    });

    it('is refused when it is sent by somebody who may not any more', async () => {
      const policy = { request: [visitor] };
      await restart({ policy });
      await slack.commandForm(visitor, '/k8s up');
      policy.request.pop();

      const answer = await slack.submitAnswered(visitor);

      expect(textOf(answer)).toContain('You may not bring sandbox up');
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('comes too late when Slack has let go of it, and says what to type', async () => {
      let time = Date.now();
      // Four seconds go by whenever Slack looks at the clock.
      await restart({ slackNow: () => (time += 4_000) });

      const answer = await slack.command(developer, '/k8s up');

      expect(textOf(answer)).toContain('The form came too late: Slack opens one within three seconds');
      expect(textOf(answer)).toContain('Type /k8s up CLUSTER, such as /k8s up staging');
    });

    it('opens empty where Redis is slow, and is filled when that has answered', async () => {
      await slack.redis.client('PAUSE', 2_500);

      const empty = await slack.commandForm(developer, '/k8s up');
      const form = await slack.formAfter(developer, () => Promise.resolve());

      expect(textOf(empty)).toContain('One moment');
      expect(form.id).toBe(empty.id);
      expect(textOf(form)).toContain('"form-cluster"');
    });

    it('answers by direct message where the bot is not in the channel', async () => {
      const [elsewhere] = slack.workspace.channels.filter(({ members }) => !members.includes('U0SLIPWAY'));
      await slack.formAfter(developer, () => slack.workspace.command(developer, elsewhere?.id ?? '', '/k8s up'));

      await slack.submit(developer);

      await vi.waitFor(() => {
        const direct = slack.workspace.channels.find(
          ({ kind, members }) => kind === 'im' && members.includes(developer),
        );
        expect(
          slack.workspace
            .messages(direct?.id ?? '')
            .map(textOf)
            .join(),
        ).toContain('Planning *sandbox*');
      });
    });
  });

  describe('what may be asked for otherwise', () => {
    it('is the same by flags', async () => {
      await slack.command(developer, '/k8s up staging --version Release-1.35 --nodes 0 --ttl 2H');

      expect(await slack.deployments.active()).toMatchObject([
        {
          spec: { kubernetes: { version: 'Release-1.35' }, nodes: { count: 0 }, lifetime: { defaultMs: 2 * hour } },
        },
      ]);
    });

    it.each([
      ['/k8s up staging --nodes 4', 'staging may have 0 to 3 nodes, and 4 was asked for'],
      ['/k8s up staging --version -x', 'cannot be a version to build'],
      ['/k8s up --nodes 2', '/k8s up with a flag needs the name of a cluster'],
    ])('is refused with a sentence: %s', async (command, expected) => {
      expect(textOf(await slack.command(developer, command))).toContain(expected);
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('is shown and not asked where the policy names others, who are named', async () => {
      await restart({ policy: { change: { version: ['S0PLATFORM'], ttl: [] } } });

      const form = textOf(await slack.commandForm(developer, '/k8s up'));

      expect(form).toContain('only <!subteam^S0PLATFORM> may ask for another');
      expect(form).toContain('"form-nodes"');
      expect(form).not.toContain('"form-version"');
    });

    it.each(['pr/12345', 'PR/7', '0123abc', 'a'.repeat(40)])(
      'may not be anybody’s code where the policy names nobody for that: %s',
      async (version) => {
        const typed = await slack.command(developer, `/k8s up staging --version ${version}`);

        expect(textOf(typed)).toContain('You may not change the version of staging to a pull request or a commit');
        expect(await slack.deployments.active()).toEqual([]);
        expect(await refusals()).toMatchObject([{ who: developer, verb: 'up', rule: 'anybodys-code' }]);
      },
    );

    it('says so in the form, which stays open', async () => {
      await slack.commandForm(developer, '/k8s up');

      const { errors } = await slack.submit(developer, { 'form-version': 'pr/12345' });

      expect(Object.values(errors ?? {})).toEqual([
        expect.stringMatching(/^A pull request or a commit may be anybody’s/),
      ]);
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('may be a pull request for whom the policy names', async () => {
      await restart({ policy: { change: { version: ['S0PLATFORM', developer] } } });

      await slack.command(developer, '/k8s up staging --version pr/12345');

      expect(await slack.deployments.active()).toMatchObject([{ spec: { kubernetes: { version: 'pr/12345' } } }]);
    });

    it('is refused where the policy names others, however it comes, and written down', async () => {
      await restart({ policy: { change: { version: ['S0PLATFORM'] } } });

      const typed = await slack.command(developer, '/k8s up staging --version main');
      await slack.command(developer, '/k8s up staging --version v1.34.2 --nodes 2');
      await slack.command(platform, '/k8s up sandbox --version main');

      expect(textOf(typed)).toContain('You may not change the version of staging.\\n→ <!subteam^S0PLATFORM> may');
      expect(await slack.deployments.active()).toMatchObject([
        { cluster: 'staging', spec: { kubernetes: { version: 'v1.34.2' }, nodes: { count: 2 } } },
        { cluster: 'sandbox', spec: { kubernetes: { version: 'main' } } },
      ]);
      expect(await refusals()).toMatchObject([{ who: developer, verb: 'up', cluster: 'staging', rule: 'not-named' }]);
    });
  });

  describe('Deny', () => {
    it('opens empty where Redis is slow, and then says in it what became of the request', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);
      await slack.deployments.change(id, approve(platform));
      await slack.redis.client('PAUSE', 2_500);

      const empty = await slack.clickForm(developer, ts, 'deny');
      const form = await slack.formAfter(developer, () => Promise.resolve());

      expect(textOf(empty)).toContain('One moment');
      expect(textOf(form)).toContain('This was approved by <@U0PLATFORM> already');
    });

    it('asks why, and the card and everybody who comes later are told', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);

      const form = await slack.clickForm(platform, ts, 'deny');
      await slack.submit(platform, { 'form-reason': ' not on a <Friday> ' });
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('denied'));
      const late = await slack.clickAnswered(platform, ts, 'approve');

      expect(textOf(form)).toContain('The request to bring up *staging* ends, and <@U0DEVELOPER> is told.');
      expect(await slack.deployments.get(id)).toMatchObject({
        deniedBy: platform,
        deniedBecause: 'not on a <Friday>',
      });
      expect(textOf(late)).toContain('This was denied by you');
      expect(await slack.audit.newest(10)).toMatchObject([
        { who: platform, verb: 'deny', surface: 'form', deployment: id, allowed: true, rule: 'approve.from' },
      ]);
    });

    it('opens no form for who may not, which is written down', async () => {
      const ts = await slack.postCard(await slack.waitForApproval());

      const answer = await slack.clickAnswered(visitor, ts, 'deny');

      expect(textOf(answer)).toContain('You may not deny this');
      expect(slack.workspace.modals(visitor)).toEqual([]);
      expect(await refusals()).toMatchObject([{ who: visitor, verb: 'deny', surface: 'button' }]);
    });

    it('does nothing when it is sent after an approval, and says what became of it', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);
      await slack.clickForm(developer, ts, 'deny');
      await slack.deployments.change(id, approve(platform));

      const answer = await slack.submitAnswered(developer);

      expect(textOf(answer)).toContain('This was approved by <@U0PLATFORM> already');
      expect((await slack.deployments.get(id)).state).toBe('queued');
    });
  });

  describe('Change', () => {
    async function waiting(): Promise<{ id: string; ts: string }> {
      const id = await slack.waitForApproval();
      return { id, ts: await slack.postCard(id) };
    }

    /** As a worker does. */
    async function planAnew(id: string, revision: number): Promise<string> {
      await slack.deployments.change(id, recordPlan(plan, Date.now(), revision));
      return slack.postCard(id);
    }

    it('asks for something else on the same card, and voids what was approved', async () => {
      await restart({ policy: { approve: { ...oneApproval, count: 2 } } });
      const { id, ts } = await waiting();
      await slack.click(platform, ts, 'approve');
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).approvals).toHaveLength(1));

      const form = await slack.clickForm(developer, ts, 'change');
      await slack.submit(developer, { 'form-nodes': '3' });

      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('requested'));
      expect(textOf(form)).toContain('Approvals given so far are void.');
      expect(await slack.deployments.get(id)).toMatchObject({
        approvals: [],
        revision: 1,
        changedBy: developer,
        requestedBy: developer,
        spec: { nodes: { count: 3 } },
      });
      await vi.waitFor(async () => expect(await slack.jobs()).toEqual([`plan ${id}`]));
      expect(await slack.audit.newest(1)).toMatchObject([{ verb: 'change', surface: 'form', rule: 'requester' }]);
    });

    it('goes back to what clusters.yaml gives, for whomever it is that asks', async () => {
      const { id, ts } = await waiting();
      slack.clusters.set('staging', { ...stagingSpec, kubernetes: { ...stagingSpec.kubernetes, version: '1a2b3c4' } });
      await slack.clickForm(developer, ts, 'change');

      await slack.submit(developer, { 'form-version': '1a2b3c4' });

      await vi.waitFor(async () => expect((await slack.deployments.get(id)).revision).toBe(1));
      expect((await slack.deployments.get(id)).spec.kubernetes.version).toBe('1a2b3c4');
    });

    it('leaves a commit alone that was asked for before anybody had to be named', async () => {
      const spec = { ...stagingSpec, kubernetes: { ...stagingSpec.kubernetes, version: 'pr/7' } };
      const { id } = await requestStaging(slack.deployments, { spec });
      await slack.deployments.change(id, recordPlan(plan, Date.now()));
      await slack.clickForm(developer, await slack.postCard(id), 'change');

      await slack.submit(developer, { 'form-nodes': '2' });

      await vi.waitFor(async () => expect((await slack.deployments.get(id)).revision).toBe(1));
      expect((await slack.deployments.get(id)).spec).toMatchObject({
        kubernetes: { version: 'pr/7' },
        nodes: { count: 2 },
      });
    });

    it('makes clicks on the card that was shown before do nothing, in words', async () => {
      const { id, ts } = await waiting();
      await slack.clickForm(developer, ts, 'change');
      await slack.submit(developer, { 'form-nodes': '3' });
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('requested'));
      const early = await slack.clickAnswered(platform, ts, 'approve');
      const anew = await planAnew(id, 1);

      const late = await slack.clickAnswered(platform, ts, 'approve');
      const denied = await slack.clickAnswered(platform, ts, 'deny');
      await slack.click(platform, anew, 'approve');

      for (const answer of [early, late, denied]) {
        expect(textOf(answer)).toContain(
          'The plan for staging has changed since: <@U0DEVELOPER> asks for something else',
        );
      }
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('queued'));
    });

    it('is for an approver, too, who then leaves the approval to another', async () => {
      const { id, ts } = await waiting();
      await slack.clickForm(platform, ts, 'change');
      await slack.submit(platform, { 'form-version': 'main' });
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('requested'));
      const anew = await planAnew(id, 1);

      const answer = await slack.clickAnswered(platform, anew, 'approve');

      expect(textOf(answer)).toContain('You changed this yourself, so somebody else has to approve this');
      expect((await slack.deployments.get(id)).state).toBe('awaiting-approval');
    });

    it('is for nobody else', async () => {
      const { ts } = await waiting();

      const answer = await slack.clickAnswered(visitor, ts, 'change');

      expect(textOf(answer)).toContain('You may not change this');
      expect(await refusals()).toMatchObject([{ who: visitor, verb: 'change' }]);
    });

    it('changes nothing that is sent as it was, and keeps what was approved', async () => {
      const { id, ts } = await waiting();
      await slack.clickForm(developer, ts, 'change');

      const answer = await slack.submitAnswered(developer);

      expect(textOf(answer)).toContain('so nothing was changed');
      expect(await slack.deployments.get(id)).not.toHaveProperty('revision');
    });

    it('is taken from one of two who send it at once', async () => {
      const { id, ts } = await waiting();
      await slack.clickForm(developer, ts, 'change');
      await slack.clickForm(platform, ts, 'change');

      await slack.submit(developer, { 'form-nodes': '3' });
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).revision).toBe(1));
      const answer = await slack.submitAnswered(platform, { 'form-nodes': '2' });

      expect(textOf(answer)).toContain('The plan for staging has changed since');
      expect((await slack.deployments.get(id)).spec.nodes.count).toBe(3);
    });

    it('does not let anybody past what they may ask for', async () => {
      const policy = { change: { nodes: ['S0PLATFORM'] } };
      await restart({ policy });
      const { id, ts } = await waiting();
      policy.change.nodes = ['S0PLATFORM', developer];
      await slack.clickForm(developer, ts, 'change');
      policy.change.nodes.pop();

      const answer = await slack.submitAnswered(developer, { 'form-nodes': '3' });

      expect(textOf(answer)).toContain('You may not change the nodes of staging');
      expect((await slack.deployments.get(id)).spec.nodes.count).toBe(1);
    });
  });

  describe('Keep until…', () => {
    const now = Date.UTC(2026, 6, 15, 12);

    /** A cluster that is there, if only in part; answers its deployment and its card. */
    async function made(): Promise<{ id: string; ts: string }> {
      await restart({ now: () => now });
      const spec = { ...stagingSpec, lifetime: { defaultMs: 2 * hour, maxMs: 24 * hour } };
      slack.clusters.set('staging', spec);
      const { id } = await approveStaging(slack.deployments, { spec });
      await slack.deployments.change(id, startStep('stack'));
      await slack.deployments.change(id, () => failStep('stack', 1, { message: 'No', code: 'no' }));
      return { id, ts: await slack.postCard(id) };
    }

    const seconds = (at: number) => String(at / 1_000);

    it('moves the end to a day and a time', async () => {
      const { id, ts } = await made();

      const form = await slack.clickForm(developer, ts, 'keep');
      const answer = await slack.submitAnswered(developer, { 'form-until': seconds(now + 20 * hour) });

      expect(textOf(form)).toContain(`"initial_date_time":${seconds(now + 2 * hour)}`);
      expect(textOf(answer)).toContain('*staging* stays until');
      expect((await slack.deployments.get(id)).expiry?.until).toBe(now + 20 * hour);
    });

    it.each([
      ['a time that is over', now - hour, 'Choose a day and a time that are yet to come.'],
      ['an end that is too far', now + 25 * hour, 'clusters.yaml lets it be there for'],
    ])('refuses %s while the form is open', async (_, until, expected) => {
      const { ts } = await made();
      await slack.clickForm(developer, ts, 'keep');

      const { errors } = await slack.submit(developer, { 'form-until': seconds(until) });

      expect(errors).toEqual({ until: expect.stringContaining(expected) });
    });

    it('opens no form for who may not, and for a cluster that is gone', async () => {
      const { ts } = await made();

      const refused = await slack.clickAnswered(visitor, ts, 'keep');
      await slack.known.put(clusterRecord('up', 'staging-other'));
      const gone = await slack.clickAnswered(developer, ts, 'keep');

      expect(textOf(refused)).toContain('You may not keep staging for longer');
      expect(textOf(gone)).toContain('The staging of this card is not there any more');
    });
  });
});
