import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { approve, fail, startStep } from '../../src/clusters/decisions.ts';
import { overChannel } from '../../src/store/keys.ts';
import { developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('cancelling over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  async function running(step: 'build' | 'stack' = 'build'): Promise<string> {
    const id = await slack.waitForApproval();
    await slack.deployments.change(id, approve(platform));
    await slack.deployments.change(id, startStep(step));
    return id;
  }

  it.each([
    ['the requester', developer],
    ['an approver', platform],
  ])('is a button for %s, which ends the deployment, frees its cluster and tells the workers', async (_, user) => {
    const id = await running();
    const ts = await slack.postCard(id);
    const ended: string[] = [];
    const workers = slack.redis.duplicate();
    await workers.subscribe(overChannel);
    workers.on('message', (_channel, deployment) => ended.push(deployment));

    await slack.click(user, ts, 'cancel');

    await vi.waitFor(() => expect(ended).toContain(id));
    workers.disconnect();
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'cancelled', cancelledBy: user });
    expect(await slack.deployments.lock('staging')).toBeUndefined();
    expect(await slack.known.find('staging')).toBeUndefined();
    expect(slack.privateAnswers()).toEqual([]);
  });

  it('leaves a broken cluster where a stack may exist, which can be torn down', async () => {
    const id = await running('stack');

    const answer = await slack.command(developer, '/k8s cancel staging');
    const up = await slack.command(developer, '/k8s up staging');

    expect(textOf(answer)).toContain('Bringing up *staging* is cancelled. The stack is still there');
    expect(await slack.known.find('staging')).toMatchObject({ state: 'broken', deployment: id });
    expect(textOf(up)).toContain('staging is broken');
    expect(textOf(up)).toContain('Tear down staging');
  });

  it('ends a request that waits for approval, and a late approval is told of it', async () => {
    const id = await slack.waitForApproval();
    const ts = await slack.postCard(id);

    const answer = await slack.command(developer, '/k8s cancel staging');
    const late = await slack.clickAnswered(platform, ts, 'approve');

    expect(textOf(answer)).toContain('is cancelled. Nothing was changed.');
    expect(textOf(late)).toContain(`This was cancelled by <@${developer}>`);
    expect(textOf(late)).toContain('`/k8s up staging` asks again.');
    expect(await slack.jobs()).toEqual([]);
  });

  it('happens once when it is clicked twice, and answers the second click', async () => {
    const ts = await slack.postCard(await running());

    const [answer] = await Promise.all([
      slack.clickAnswered(platform, ts, 'cancel'),
      slack.click(platform, ts, 'cancel'),
    ]);

    expect(textOf(answer)).toContain('This was cancelled by you');
    const [deployment] = await slack.deployments.recent(1);
    const events = await slack.deployments.events(deployment?.id ?? '');
    expect(events.filter(({ event }) => event.type === 'cancelled')).toHaveLength(1);
  });

  it('tells of an old card that its deployment is over', async () => {
    const id = await running();
    const ts = await slack.postCard(id);
    await slack.deployments.change(id, fail({ message: 'No', code: 'no' }));

    const answer = await slack.clickAnswered(developer, ts, 'cancel');

    expect(textOf(answer)).toContain('This is over: bringing up staging failed');
  });

  it('is refused to somebody whom the policy does not name', async () => {
    const id = await running();
    const ts = await slack.postCard(id);

    const clicked = await slack.clickAnswered(visitor, ts, 'cancel');
    const typed = await slack.command(visitor, '/k8s cancel staging');

    expect(textOf(clicked)).toContain('You may not cancel what is under way for staging');
    expect(textOf(typed)).toContain('You may not cancel what is under way for staging');
    expect((await slack.deployments.get(id)).state).toBe('running');
  });

  it('says that nothing is under way', async () => {
    const answer = await slack.command(developer, '/k8s cancel staging');

    expect(textOf(answer)).toContain(
      'Nothing is under way for *staging*, so there is nothing to cancel: it is not there.',
    );
  });

  it('tells of a card whose deployment Redis has lost', async () => {
    const ts = await slack.postCard(await running());
    await slack.redis.flushdb();

    expect(textOf(await slack.clickAnswered(developer, ts, 'cancel'))).toContain('not known any more');
  });
});
