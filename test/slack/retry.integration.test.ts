import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approve, fail, failStep, markGone, startStep } from '../../src/clusters/decisions.ts';
import { developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';

const failure = { message: 'No valid host was found', code: 'stack_failed' };

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('trying again over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  /** A deployment that failed at its stack; answers its id. */
  async function failed(): Promise<string> {
    const id = await slack.waitForApproval();
    await slack.deployments.change(id, approve(platform));
    await slack.deployments.change(id, startStep('stack'));
    await slack.deployments.change(id, () => failStep('stack', 1, failure));
    return id;
  }

  it.each([
    ['the requester', developer],
    ['an approver', platform],
  ])('is a button for %s, which has the same deployment go on', async (_who, user) => {
    const id = await failed();
    const ts = await slack.postCard(id);

    await slack.click(user, ts, 'retry');

    await expect.poll(() => slack.jobs()).toEqual([`start ${id}`]);
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'queued', round: 2, retries: [{ by: user }] });
    expect(await slack.deployments.lock('staging')).toMatchObject({ deployment: id, requestedBy: user });
    expect(slack.privateAnswers()).toEqual([]);
  });

  it('is a command for what failed last', async () => {
    const id = await failed();

    const answer = await slack.command(developer, '/k8s retry staging');

    expect(textOf(answer)).toContain('Trying again: bringing up *staging*, from the step that failed');
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'queued', round: 2 });
  });

  it('happens once when it is clicked twice, and answers the second click', async () => {
    const id = await failed();
    const ts = await slack.postCard(id);

    const [answer] = await Promise.all([
      slack.clickAnswered(platform, ts, 'retry'),
      slack.click(platform, ts, 'retry'),
    ]);

    expect(textOf(answer)).toContain('about to begin');
    const events = await slack.deployments.events(id);
    expect(events.filter(({ event }) => event.type === 'retried')).toHaveLength(1);
  });

  it('is refused to who may not ask for clusters, and changes nothing', async () => {
    const id = await failed();
    const ts = await slack.postCard(id);

    const answer = await slack.clickAnswered(visitor, ts, 'retry');

    expect(textOf(answer)).toContain('You may not try staging again');
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'failed' });
  });

  it('says who is at it when something else is under way', async () => {
    const id = await failed();
    const ts = await slack.postCard(id);
    await slack.waitForApproval();

    const answer = await slack.clickAnswered(developer, ts, 'retry');

    expect(textOf(answer)).toContain('There is a request to bring up *staging* already');
  });

  it('is nothing for a cluster that was torn down since, and says so', async () => {
    const id = await failed();
    const ts = await slack.postCard(id);
    await slack.deployments.change(id, markGone());

    const answer = await slack.clickAnswered(developer, ts, 'retry');

    expect(textOf(answer)).toContain('The staging that this was about was torn down since');
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'failed' });
  });

  it('is nothing for an old card when more was done to the cluster since', async () => {
    const id = await failed();
    const ts = await slack.postCard(id);
    const newer = await failed();

    const answer = await slack.clickAnswered(developer, ts, 'retry');

    expect(newer).not.toBe(id);
    expect(textOf(answer)).toContain('This is of an earlier try: bringing up staging was begun after it');
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'failed' });
  });

  it('has no button, and nothing to go on with, when the plan itself failed', async () => {
    const outcome = await slack.waitForApproval();
    await slack.deployments.change(outcome, fail(failure));
    const ts = await slack.postCard(outcome);

    const card = slack.workspace.messages('C0DEPLOYS').find((message) => message.ts === ts);
    const answer = await slack.command(developer, '/k8s retry staging');

    expect(JSON.stringify(card)).not.toContain('"retry"');
    expect(textOf(answer)).toContain('Nothing that was done to *staging* has failed');
  });
});
