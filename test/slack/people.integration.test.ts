import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { startWorkspace, type Workspace } from '../../src/playground/workspace/workspace.ts';
import { createPeople } from '../../src/slack/people.ts';
import { createWebClient } from '../../src/slack/web-client.ts';

const log = silentLogger();

describe('who somebody is', () => {
  let workspace: Workspace;
  let now = 0;

  beforeEach(async () => {
    workspace = await startWorkspace({ log });
  });

  afterEach(async () => {
    await workspace.close();
  });

  function people() {
    return createPeople(createWebClient(workspace.botToken, { apiUrl: workspace.slackApiUrl, log }), log, () => now);
  }

  it('is told by the groups that a policy names', async () => {
    const person = await people().find('U0PLATFORM', ['S0DEVELOPERS', 'S0PLATFORM', 'U0VISITOR']);

    expect(person).toEqual({ id: 'U0PLATFORM', groups: ['S0PLATFORM'] });
  });

  it('is remembered for five minutes, through an outage of Slack', async () => {
    const known = people();
    await known.find('U0PLATFORM', ['S0PLATFORM']);
    workspace.outage(true);

    now += 299_000;
    const remembered = await known.find('U0DEVELOPER', ['S0PLATFORM']);
    now += 2_000;

    expect(remembered.groups).toEqual([]);
    await expect(known.find('U0PLATFORM', ['S0PLATFORM'])).rejects.toMatchObject({
      code: 'groups_unknown',
      message: expect.stringContaining('Slack did not answer'),
    });
  });

  it('is asked for again after a failure', async () => {
    const known = people();
    workspace.outage(true);
    await expect(known.find('U0PLATFORM', ['S0PLATFORM'])).rejects.toThrow('Slack did not answer');
    workspace.outage(false);

    expect((await known.find('U0PLATFORM', ['S0PLATFORM'])).groups).toEqual(['S0PLATFORM']);
  });

  it('needs no look-up for somebody who is named in person', async () => {
    workspace.outage(true);

    expect(await people().find('U0VISITOR', ['S0PLATFORM', 'U0VISITOR'])).toEqual({ id: 'U0VISITOR', groups: [] });
  });

  it('is looked up once for many clicks at a time, within what Slack allows in a minute', async () => {
    const known = people();

    const found = await Promise.all(Array.from({ length: 100 }, () => known.find('U0PLATFORM', ['S0PLATFORM'])));

    expect(new Set(found.map(({ groups }) => groups.join()))).toEqual(new Set(['S0PLATFORM']));
  });

  it('says when to come back once Slack allows no more look-ups', async () => {
    const lookUps = Array.from({ length: 40 }, () => people().find('U0PLATFORM', ['S0PLATFORM']));

    const refused = (await Promise.allSettled(lookUps)).find(({ status }) => status === 'rejected');

    expect(refused).toMatchObject({
      reason: { code: 'groups_unknown', hint: expect.stringMatching(/^Try again in \d+ seconds$/) },
    });
  });

  it.each([
    ['a member', 'U0VISITOR', undefined],
    ['a guest', 'U0GUEST', 'guest'],
    ['a bot', 'U0ROBOT', 'bot'],
    ['Slackbot', 'USLACKBOT', 'bot'],
    ['somebody of another workspace', 'U0STRANGER', 'stranger'],
    ['somebody whom Slack does not know', 'U0NOBODY', 'stranger'],
  ])('is known to be %s', async (_who, user, outsider) => {
    expect(await people().outsider(user)).toBe(outsider);
  });

  it('does not matter for a request from another workspace', async () => {
    const known = people();

    expect(await known.outsider('U0VISITOR', 'T0ELSEWHERE')).toBe('stranger');
    expect(await known.outsider('U0VISITOR', 'T0PLAYGROUND')).toBeUndefined();
  });

  it('is asked of Slack once in five minutes, and unknown after that while Slack is away', async () => {
    const known = people();
    await known.outsider('U0VISITOR');
    workspace.outage(true);

    now += 299_000;
    const remembered = await known.outsider('U0VISITOR');
    now += 2_000;

    expect(remembered).toBeUndefined();
    await expect(known.outsider('U0VISITOR')).rejects.toMatchObject({
      code: 'person_unknown',
      message: expect.stringContaining('Slack did not answer'),
    });
  });

  it('names a group that the workspace does not have', async () => {
    await expect(people().find('U0PLATFORM', ['S0GONE'])).rejects.toMatchObject({
      message: expect.stringContaining('Slack refused (no_such_subteam)'),
      hint: expect.stringContaining('S0GONE'),
    });
  });
});
