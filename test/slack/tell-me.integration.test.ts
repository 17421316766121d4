import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deny } from '../../src/clusters/decisions.ts';
import { threadMessage } from '../../src/slack/views/thread-message.ts';
import { developer, type Harness, platform, startHarness, textOf } from './support/harness.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('a busy cluster over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  it('says who holds it and what for, and tells whoever wants to know when it is free', async () => {
    const id = await slack.waitForApproval();

    const busy = await slack.command(platform, '/k8s up staging');
    const answer = await slack.clickAnswered(platform, busy.ts, 'tell-me');
    const { deployment } = await slack.deployments.change(id, deny(developer));

    expect(textOf(busy)).toContain(`There is a request to bring up *staging* already: <@${developer}> asked for it`);
    expect(textOf(answer)).toContain('You will be told in the thread');
    const last = (await slack.deployments.events(id)).at(-1);
    const told = last && threadMessage(last.event, deployment)?.text;
    expect(told?.split('\n').at(-1)).toBe(`● *staging* is free now: <@${platform}>`);
  });

  it('notes once who wants to be told, and says so again', async () => {
    const id = await slack.waitForApproval();
    const ts = await slack.postButton('tell-me', JSON.stringify({ d: id }));

    await slack.clickAnswered(platform, ts, 'tell-me');
    const second = await slack.clickAnswered(platform, ts, 'tell-me');

    expect(textOf(second)).toContain('You will be told');
    expect((await slack.deployments.get(id)).awaitedBy).toEqual([platform]);
  });

  it('is free already when the button is an old one', async () => {
    const id = await slack.waitForApproval();
    const ts = await slack.postButton('tell-me', JSON.stringify({ d: id }));
    await slack.deployments.change(id, deny(developer));

    const answer = await slack.clickAnswered(platform, ts, 'tell-me');

    expect(textOf(answer)).toContain('*staging* is free now');
    expect((await slack.deployments.get(id)).awaitedBy).toBeUndefined();
  });
});
