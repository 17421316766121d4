import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SharedTopology } from '../../src/queue/jobs.ts';
import { buttonValue } from '../../src/slack/views/button-value.ts';
import { clusterRecord } from '../support/fixtures.ts';
import { type Answering, type Asked, startAnswering } from './support/answering.ts';
import {
  channel,
  developer,
  type Harness,
  type HarnessOptions,
  platform,
  startHarness,
  textOf,
  visitor,
} from './support/harness.ts';

const question = { cluster: 'staging', deployment: 'staging-1' };
const inThread: SharedTopology = { kind: 'shared', channel, inThread: true };

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('a topology over $mode', ({ mode }) => {
  let slack: Harness;
  let answering: Answering | undefined;
  let asked: Asked[];

  beforeEach(async () => {
    slack = await startHarness({ mode });
    asked = [];
  });
  afterEach(async () => {
    await answering?.close();
    answering = undefined;
    await slack.close();
  });

  async function workerAnswers(answer: SharedTopology): Promise<void> {
    answering = await startAnswering(slack.redisUrl, answer, asked);
  }

  async function restart(options: Partial<HarnessOptions>): Promise<void> {
    await slack.close();
    slack = await startHarness({ mode, ...options });
  }

  it('says where the picture is; the job names the cluster and who asked', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));
    await workerAnswers(inThread);

    const answer = await slack.command(developer, '/k8s topology staging');

    expect(asked).toEqual([{ name: 'share-topology', data: { ...question, requestedBy: developer } }]);
    expect(answer.ephemeralFor).toBe(developer);
    expect(textOf(answer)).toContain('✓ The picture of *staging* is in the thread of its card in <#C0DEPLOYS>');
  });

  it('says so where the card is gone, and the picture is in the channel', async () => {
    await slack.known.put(clusterRecord('broken', 'staging-1'));
    await workerAnswers({ ...inThread, inThread: false });

    const answer = await slack.command(platform, '/k8s topology staging');

    expect(textOf(answer)).toContain('✓ The picture of *staging* is in <#C0DEPLOYS>, without a thread');
  });

  it('tells why there is none, and what to do', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));
    await workerAnswers({ kind: 'refused', message: 'there is no <stack>', hint: 'Look in Heat' });

    const answer = await slack.command(developer, '/k8s topology staging');

    expect(textOf(answer)).toContain('✗ The topology of *staging*: there is no &lt;stack&gt;\\n→ Look in Heat');
  });

  it.each([
    ['/k8s topology sandbox', '*sandbox* is not up, so there is nothing to look into.\\n→ `/k8s up sandbox`'],
    ['/k8s topology stagign', 'There is no cluster stagign. Did you mean staging?'],
    ['/k8s topology', '/k8s topology needs the name of a cluster'],
  ])('answers %s with what to type', async (typed, problem) => {
    expect(textOf(await slack.command(developer, typed))).toContain(problem);
  });

  it('says how far a cluster is that is coming up and has no servers', async () => {
    await slack.waitForApproval();

    const answer = await slack.command(developer, '/k8s topology staging');

    expect(textOf(answer)).toContain('*staging* has no servers yet');
    expect(textOf(answer)).toContain('Once it is up, `/k8s topology staging` works.');
  });

  it('is for those who may see what runs in clusters', async () => {
    await restart({ policy: { access: { admin: [], edit: [], view: [visitor], lifetimeMs: 3_600_000 } } });
    await slack.known.put(clusterRecord('up', 'staging-1'));
    await workerAnswers(inThread);

    const looking = await slack.command(visitor, '/k8s topology staging');
    await restart({});
    const refused = await slack.command(visitor, '/k8s topology staging');

    expect(textOf(looking)).toContain('is in the thread of');
    expect(textOf(refused)).toContain('You may not see what staging is made of');
  });

  it('is posted once for a double click, and for none of another cluster of that name', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));
    await workerAnswers(inThread);
    const ts = await slack.postButton('topology', buttonValue(question));

    const first = await slack.clickAnswered(developer, ts, 'topology');
    const second = await slack.clickAnswered(platform, ts, 'topology');
    await slack.known.put(clusterRecord('up', 'staging-2'));
    const later = await slack.clickAnswered(developer, ts, 'topology');
    const stranger = await slack.clickAnswered(visitor, ts, 'topology');

    for (const answer of [first, second]) expect(textOf(answer)).toContain('is in the thread of');
    expect(asked).toHaveLength(1);
    expect(textOf(later)).toContain('For that one, type `/k8s topology staging`.');
    expect(textOf(stranger)).toContain('You may not see what staging is made of');
  });

  it('says that nobody serves the queue', async () => {
    await restart({ inspectionMs: 400 });
    await slack.known.put(clusterRecord('up', 'staging-1'));

    expect(textOf(await slack.command(developer, '/k8s topology staging'))).toContain(
      'No worker serves the queue notify',
    );
  });
});
