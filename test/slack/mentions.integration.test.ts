import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clusterRecord } from '../support/fixtures.ts';
import { channel, developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('mentions over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  /** Posts the card of a deployment and notes it as the notify job does. */
  async function cardOf(id: string): Promise<string> {
    const cardTs = await slack.postCard(id);
    await slack.threads.save(id, { channel, cardTs, cardDigest: '', cardAt: 0, position: '' });
    return cardTs;
  }

  const mention = (user: string, text: string, thread?: string) =>
    slack.told(user, () => slack.workspace.say(user, channel, text, thread));

  it('does what the slash command does, and answers privately where it was written', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));

    const answer = await mention(developer, '@slipway status staging');

    expect(textOf(answer)).toContain('staging · up');
    expect(answer).toMatchObject({ ephemeralFor: developer, channel });
    expect(answer.thread_ts).toBeUndefined();
  });

  it('works in threads, where the cluster of the card may be left out', async () => {
    const card = await cardOf(await slack.waitForApproval());

    const named = await mention(developer, '@slipway status staging', card);
    const unnamed = await mention(developer, '@slipway status', card);

    expect(named).toMatchObject({ ephemeralFor: developer, thread_ts: card });
    expect(textOf(named)).toContain('staging · waiting for approval');
    expect(textOf(unnamed)).toContain('staging · waiting for approval');
  });

  it('means the cluster that is named, in the thread of another one, too', async () => {
    const card = await cardOf(await slack.waitForApproval());

    const answer = await mention(developer, '@slipway status sandbox', card);

    expect(textOf(answer)).toContain('sandbox · not there');
  });

  it('takes the mention wherever in the line it stands, and what Slack has escaped', async () => {
    const answer = await mention(developer, 'hey @slipway staging & <prod>');

    expect(textOf(answer)).toContain('There is no command hey');
  });

  it('takes mentions of people and channels among the words, by the slash command as well', async () => {
    await slack.command(developer, '/k8s cancel staging');
    await slack.command(platform, '/k8s down nowhere');

    const own = textOf(await mention(platform, '@slipway history @developer'));
    const typed = textOf(await slack.command(platform, '/k8s history @developer'));
    const here = textOf(await slack.command(platform, '/k8s list #deploys'));
    const elsewhere = textOf(await slack.command(platform, '/k8s list #random'));
    const nowhere = textOf(await slack.command(platform, '/k8s list #nowhere'));

    expect(own).toContain('History of <@U0DEVELOPER>');
    expect(own).toContain('cancel');
    expect(own).not.toContain('`down`');
    expect(typed).toContain('History of <@U0DEVELOPER>');
    expect(here).toContain('staging');
    expect(elsewhere).not.toContain('staging');
    expect(nowhere).toContain('#nowhere is no channel that Slack knows');
  });

  it('shows help to a mention without a word', async () => {
    expect(textOf(await mention(visitor, '@slipway'))).toContain('builds, runs and removes Kubernetes clusters');
  });

  it('decides by the same policy, and writes down that it was a mention', async () => {
    const answer = await mention(visitor, '@slipway up staging');

    expect(textOf(answer)).toContain('You may not bring staging up');
    const [entry] = await slack.audit.newest(1);
    expect(entry).toMatchObject({ who: visitor, verb: 'up', surface: 'mention', cluster: 'staging', allowed: false });
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('leaves the mentions of bots alone', async () => {
    await slack.workspace.say('U0ROBOT', channel, '@slipway list');
    await mention(platform, '@slipway list');

    expect(slack.privateAnswers().map(({ ephemeralFor }) => ephemeralFor)).toEqual([platform]);
  });

  it('hears nothing without the scope for it', async () => {
    await slack.close();
    slack = await startHarness({ mode, botScopes: ['commands', 'chat:write', 'usergroups:read', 'users:read'] });

    await slack.workspace.say(developer, channel, '@slipway list');
    await slack.command(developer, '/k8s list');

    expect(slack.privateAnswers()).toHaveLength(1);
  });

  describe('the shortcut of a message', () => {
    const status = (user: string, ts: string) =>
      slack.told(user, () => slack.workspace.shortcut(user, { callbackId: 'status', channel, ts }));

    it('tells how the cluster of a card is', async () => {
      const card = await cardOf(await slack.waitForApproval());

      expect(textOf(await status(developer, card))).toContain('staging · waiting for approval');
      expect((await slack.audit.newest(1))[0]).toMatchObject({ verb: 'status', surface: 'shortcut' });
    });

    it('says so on a message that belongs to no cluster', async () => {
      const ts = await slack.postButton('log', '');

      expect(textOf(await status(developer, ts))).toContain('This message belongs to no cluster');
    });
  });

  describe('what Slack delivers twice', () => {
    beforeEach(() => slack.workspace.deliverTwice(true));

    it('a command is done once', async () => {
      await slack.command(developer, '/k8s up staging');
      slack.workspace.deliverTwice(false);
      await slack.command(developer, '/k8s list');

      expect(slack.privateAnswers()).toHaveLength(2);
      expect(await slack.deployments.active()).toHaveLength(1);
    });

    it('a mention is done once', async () => {
      await mention(developer, '@slipway up staging');
      slack.workspace.deliverTwice(false);
      await slack.command(developer, '/k8s list');

      expect(slack.privateAnswers()).toHaveLength(2);
      expect(await slack.deployments.active()).toHaveLength(1);
    });

    it('a click counts once, and nobody is told that they were late', async () => {
      const id = await slack.waitForApproval();
      const card = await cardOf(id);

      await slack.click(platform, card, 'approve');
      slack.workspace.deliverTwice(false);
      await slack.command(platform, '/k8s list');

      await vi.waitFor(async () => expect((await slack.deployments.get(id)).approvals).toHaveLength(1));
      expect(slack.privateAnswers()).toHaveLength(1);
    });
  });

  it('comes to the same end when a cancel overtakes the approval that was clicked before it', async () => {
    const id = await slack.waitForApproval();
    const card = await cardOf(id);

    const letGo = slack.workspace.holdDeliveries();
    const approved = slack.click(platform, card, 'approve');
    const cancelled = slack.workspace.command(developer, channel, '/k8s cancel staging');
    await slack.told(developer, letGo);

    expect(await Promise.all([approved, cancelled])).toEqual([{ ok: true }, { ok: true }]);
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'cancelled', cancelledBy: developer });
    expect(await slack.deployments.lock('staging')).toBeUndefined();
  });
});
