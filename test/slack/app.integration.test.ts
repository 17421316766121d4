import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { expire } from '../../src/clusters/decisions.ts';
import { clusterRecord } from '../support/fixtures.ts';
import { channel, developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';

/** Terms under which the requester would be an approver, too. */
const fromBoth = { count: 1, from: ['S0PLATFORM', 'S0DEVELOPERS'], withinMs: 3_600_000 };

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('the Slack app over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });

  afterEach(async () => {
    await slack.close();
  });

  describe('/k8s up', () => {
    it('begins a deployment, has its plan made, and says privately where the card is', async () => {
      const answer = await slack.command(developer, '/k8s up staging');

      const [deployment] = await slack.deployments.active();
      expect(deployment).toMatchObject({
        cluster: 'staging',
        action: 'up',
        requestedBy: developer,
        state: 'requested',
      });
      expect(await slack.jobs()).toEqual([`plan ${deployment?.id}`]);
      expect(answer).toMatchObject({ ephemeralFor: developer });
      expect(textOf(answer)).toContain(`Planning *staging*. The card is in <#${channel}>`);
    });

    it('is understood as phones write it', async () => {
      const answer = await slack.command(developer, '/k8s   Up  “Staging”');

      expect(textOf(answer)).toContain('Planning *staging*');
    });

    it('is refused to somebody whom the policy does not name', async () => {
      const answer = await slack.command(visitor, '/k8s up staging');

      expect(textOf(answer)).toContain('You may not bring staging up');
      expect(textOf(answer)).toContain('<!subteam^S0DEVELOPERS> or <!subteam^S0PLATFORM> may');
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('says who is at it already', async () => {
      await slack.waitForApproval();

      const answer = await slack.command(platform, '/k8s up staging');

      expect(textOf(answer)).toContain(
        'There is a request to bring up *staging* already: <@U0DEVELOPER> asked for it <!date^',
      );
      expect(textOf(answer)).toContain('Approve or deny it on its card');
      expect(await slack.deployments.active()).toHaveLength(1);
    });

    it('does not build what is up', async () => {
      await slack.known.put(clusterRecord('up', 'staging-1'));

      const answer = await slack.command(developer, '/k8s up staging');

      expect(textOf(answer)).toContain('staging is up already');
      expect(textOf(answer)).toContain('/k8s down staging');
      expect(await slack.deployments.active()).toEqual([]);
    });

    it('offers to tear down what is left of a broken cluster', async () => {
      await slack.known.put(clusterRecord('broken', 'staging-1'));

      const question = await slack.command(developer, '/k8s up staging');
      const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

      expect(textOf(question)).toContain('staging is broken');
      expect(textOf(answer)).toContain('Tearing down *staging*');
      expect((await slack.deployments.active()).map(({ action }) => action)).toEqual(['down']);
    });

    it.each([
      ['/k8s up stagign', 'There is no cluster stagign. Did you mean staging?', 'The clusters are: sandbox, staging'],
      [
        '/k8s upp staging',
        'There is no command upp. Did you mean /k8s up staging?',
        'up, down, cancel, retry, extend, scale, upgrade, plan, status, list, pods, topology, kubeconfig, logs, releases, doctor, history, help',
      ],
      ['/k8s down', '/k8s down needs the name of a cluster', 'such as /k8s down staging'],
      ['/k8s up staging now', '/k8s up takes one word after it, and got 2', 'Type /k8s up [CLUSTER]'],
    ])('answers %s with what was probably meant', async (typed, problem, hint) => {
      const answer = await slack.command(developer, typed);

      expect(textOf(answer)).toContain(problem);
      expect(textOf(answer)).toContain(hint);
    });
  });

  describe('Approve', () => {
    it('starts the work, and says nothing privately since the card tells everybody', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);

      await slack.click(platform, ts, 'approve');

      await vi.waitFor(async () => expect(await slack.jobs()).toEqual([`start ${id}`]));
      expect(await slack.deployments.get(id)).toMatchObject({ state: 'queued', approvals: [{ by: platform }] });
      expect(slack.privateAnswers()).toEqual([]);
    });

    it('is refused to the one who asked', async () => {
      await slack.close();
      slack = await startHarness({ mode, policy: { approve: { ...fromBoth, self: false } } });
      const ts = await slack.postCard(await slack.waitForApproval());

      const answer = await slack.clickAnswered(developer, ts, 'approve');

      expect(textOf(answer)).toContain('You asked for this yourself, so somebody else has to approve this');
      expect(await slack.jobs()).toEqual([]);
    });

    it('is refused to somebody who is no approver, with who is', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);

      const answer = await slack.clickAnswered(visitor, ts, 'approve');

      expect(answer.ephemeralFor).toBe(visitor);
      expect(textOf(answer)).toContain('<!subteam^S0PLATFORM> may; ask one of them');
      expect((await slack.deployments.get(id)).state).toBe('awaiting-approval');
    });

    it('has one effect when it is clicked twice at once, and answers the second click', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);

      const [answer] = await Promise.all([
        slack.clickAnswered(platform, ts, 'approve'),
        slack.click(platform, ts, 'approve'),
      ]);

      expect(textOf(answer)).toContain('This was approved by you already');
      expect((await slack.deployments.get(id)).approvals).toHaveLength(1);
      expect(await slack.jobs()).toEqual([`start ${id}`]);
    });

    it('works on a card from before the app was started anew', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);
      await slack.stopApp();
      await slack.startApp();

      await slack.click(platform, ts, 'approve');

      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('queued'));
    });

    it('tells whoever comes too late that the request has expired', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);
      await slack.deployments.change(id, expire(Date.now() + 3_700_000));

      const answer = await slack.clickAnswered(platform, ts, 'approve');

      expect(textOf(answer)).toContain('This expired');
      expect(textOf(answer)).toContain('/k8s up staging');
    });

    it('tells of a card whose deployment Redis has lost', async () => {
      const ts = await slack.postCard(await slack.waitForApproval());
      await slack.redis.flushdb();

      const answer = await slack.clickAnswered(platform, ts, 'approve');

      expect(textOf(answer)).toContain('not known any more');
    });
  });

  describe('Deny', () => {
    it.each([
      ['an approver', platform],
      ['the requester, who withdraws it so', developer],
    ])('is for %s', async (_, user) => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);

      await slack.clickForm(user, ts, 'deny');
      await slack.submit(user);

      await vi.waitFor(async () =>
        expect(await slack.deployments.get(id)).toMatchObject({ state: 'denied', deniedBy: user }),
      );
      expect(await slack.deployments.lock('staging')).toBeUndefined();
    });

    it('makes a later Approve tell who denied', async () => {
      const id = await slack.waitForApproval();
      const ts = await slack.postCard(id);
      await slack.clickForm(developer, ts, 'deny');
      await slack.submit(developer);
      await vi.waitFor(async () => expect((await slack.deployments.get(id)).state).toBe('denied'));

      const answer = await slack.clickAnswered(platform, ts, 'approve');

      expect(textOf(answer)).toContain('This was denied by <@U0DEVELOPER>');
    });
  });

  it('answers /k8s list with the clusters of the file and those that exist', async () => {
    await slack.known.put({ ...clusterRecord('up', 'old-1'), name: 'old' });
    await slack.waitForApproval();

    const answer = await slack.command(visitor, '/k8s list');

    expect(textOf(answer)).toContain('old      ✓ up');
    expect(textOf(answer)).toContain('sandbox  – not there');
    expect(textOf(answer)).toContain('staging  ● waiting for approval');
    expect(textOf(answer)).toContain('asked for by <@U0DEVELOPER>');
  });

  it('answers /k8s status with how a cluster is', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));

    const one = await slack.command(visitor, '/k8s status staging');
    const all = await slack.command(visitor, '/k8s status');

    expect(textOf(one)).toContain('staging · up');
    expect(textOf(one)).toContain('<https://203.0.113.10:6443>');
    expect(textOf(all)).toContain('1 cluster up · nothing is under way');
  });

  it('answers /k8s and /k8s help with all commands', async () => {
    const bare = await slack.command(visitor, '/k8s');
    const more = await slack.command(visitor, '/k8s help down');

    expect(textOf(bare)).toContain('/k8s up [CLUSTER]');
    expect(textOf(more)).toContain('Nothing is removed by the command alone');
  });

  it('answers with a reference when Redis does not', async () => {
    slack.redis.disconnect();

    const answer = await slack.command(developer, '/k8s status staging');

    expect(textOf(answer)).toMatch(/Something unexpected happened \(reference `[0-9a-f]{8}`\)/);
    expect(textOf(answer)).not.toContain('Connection is closed');
  });

  it('lets nobody through when Slack does not say who is in a group', async () => {
    await slack.close();
    slack = await startHarness({ mode, botScopes: ['commands', 'chat:write', 'users:read'] });

    const answer = await slack.command(developer, '/k8s up staging');

    expect(textOf(answer)).toContain('Slack refused (missing_scope)');
    expect(textOf(answer)).toContain('usergroups:read');
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('is unreachable once it has stopped', async () => {
    await slack.stopApp();

    await vi.waitFor(() => expect(slack.workspace.connections()).toBe(0));
    const result = await slack.workspace.command(developer, channel, '/k8s list');
    expect(result).toEqual({ ok: false, error: 'dispatch_failed' });
  });

  it('finishes what is under way before it has stopped', async () => {
    const id = await slack.waitForApproval();
    const ts = await slack.postCard(id);

    await slack.click(platform, ts, 'approve');
    await slack.stopApp();

    expect(await slack.jobs()).toEqual([`start ${id}`]);
  });

  it('waits for as many approvals as the policy asks for', async () => {
    await slack.close();
    slack = await startHarness({
      mode,
      policy: { approve: { ...fromBoth, from: [developer, platform], count: 2, self: true } },
    });
    const id = await slack.waitForApproval();
    const ts = await slack.postCard(id);

    await slack.click(developer, ts, 'approve');
    await vi.waitFor(async () => expect((await slack.deployments.get(id)).approvals).toHaveLength(1));
    const again = await slack.clickAnswered(developer, ts, 'approve');
    const before = await slack.jobs();
    await slack.click(platform, ts, 'approve');

    expect(textOf(again)).toContain('You have approved this already; 1 more of 2 is needed');
    expect(before).toEqual([]);
    await vi.waitFor(async () => expect(await slack.jobs()).toEqual([`start ${id}`]));
  });

  it('does not take an approval after its time, though nobody has let the request expire yet', async () => {
    let now = Date.now();
    await slack.close();
    slack = await startHarness({ mode, now: () => now });
    const id = await slack.waitForApproval();
    const ts = await slack.postCard(id);
    now += 3_600_000;

    const answer = await slack.clickAnswered(platform, ts, 'approve');

    expect(textOf(answer)).toContain('This expired');
    expect((await slack.deployments.get(id)).state).toBe('expired');
  });

  it.each([
    ['of another version', 'rename', '{"d":"staging-1"}', 'has no button rename'],
    ['with a value that is none of ours', 'approve', '[1,', 'not known any more'],
    ['with ids that are none', 'tear-down', '{"c":"<!channel>","d":7}', 'not known any more'],
  ])('answers a button %s', async (_, actionId, value, expected) => {
    const ts = await slack.postButton(actionId, value);

    const answer = await slack.clickAnswered(platform, ts, actionId);

    expect(textOf(answer)).toContain(expected);
    expect(textOf(answer)).not.toContain('<!channel>');
  });
});
