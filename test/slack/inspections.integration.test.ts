import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Finding, ok, problem, warning } from '../../src/clusters/finding.ts';
import { developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';
import { startSeer } from './support/seer.ts';

const modes = [{ mode: 'socket' as const }, { mode: 'http' as const }];

describe.each(modes)('questions to a worker over $mode', ({ mode }) => {
  let slack: Harness;
  let seer: { close(): Promise<void> } | undefined;
  let asked: { name: string; data: object }[];

  beforeEach(async () => {
    slack = await startHarness({ mode });
    asked = [];
  });
  afterEach(async () => {
    await seer?.close();
    seer = undefined;
    await slack.close();
  });

  async function workerSees(findings: readonly Finding[] | object, afterMs = 0): Promise<void> {
    seer = await startSeer(slack.redisUrl, async (name, data) => {
      asked.push({ name, data });
      await sleep(afterMs);
      return findings;
    });
  }

  it('/k8s plan shows what a cluster would take, and requests nothing', async () => {
    await workerSees([ok('Image', 'debian-12, already there'), warning('Network', 'It <overlaps>', 'Choose another')]);

    const answer = await slack.command(developer, '/k8s plan staging');

    expect(asked).toMatchObject([{ name: 'inspect-cluster', data: { spec: { name: 'staging' } } }]);
    expect(answer.ephemeralFor).toBe(developer);
    expect(textOf(answer)).toContain('staging · plan');
    expect(textOf(answer)).toContain('*Image* · debian-12, already there');
    expect(textOf(answer)).toContain('*Note* · It &lt;overlaps&gt;. Choose another');
    expect(textOf(answer)).toContain('Nothing stands in the way. `/k8s up staging` asks for it');
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('/k8s plan tells everything that stands in the way, with what to change', async () => {
    await workerSees([
      problem('Flavor', 'There is no flavor huge', 'Choose m1'),
      problem('Image', 'There is no image'),
    ]);

    const answer = await slack.command(platform, '/k8s plan staging');

    expect(textOf(answer)).toContain('staging · cannot be brought up');
    expect(textOf(answer)).toContain('✗ There is no flavor huge\\n→ Choose m1\\n✗ There is no image');
    expect(textOf(answer)).toContain('2 things stand in the way');
  });

  it('/k8s doctor examines every cloud of clusters.yaml once, a mark for each thing', async () => {
    await workerSees([ok('Nova', '2.93 at nova:8774, 20 ms'), warning('Clock', 'is 40 s behind', 'Use NTP')]);

    const answer = await slack.command(developer, '/k8s doctor');

    expect(asked).toMatchObject([{ name: 'inspect-cloud', data: { choice: { cloud: 'playground' } } }]);
    expect(textOf(answer)).toContain('playground · 1 warning');
    expect(textOf(answer)).toContain('✓ *Nova* · 2.93 at nova:8774, 20 ms\\n! *Clock* · is 40 s behind\\n→ Use NTP');
  });

  it('/k8s doctor tells of each build worker, too', async () => {
    await workerSees([ok('Nova', 'well')]);
    const seenAt = Date.now();
    await slack.builders.report({ name: 'a:1', host: 'a', seenAt, findings: [ok('Docker', '28.1')] });
    await slack.builders.report({
      name: 'b:1',
      host: 'b',
      seenAt,
      findings: [problem('Disk', '3 GB are free', 'Make room')],
    });

    const answer = await slack.command(developer, '/k8s doctor');

    expect(textOf(answer)).toContain('build worker a · nothing to mend');
    expect(textOf(answer)).toContain('build worker b · 1 problem');
    expect(textOf(answer)).toContain('✗ *Disk* · 3 GB are free\\n→ Make room');
  });

  it('/k8s doctor says that no build worker has reported', async () => {
    await workerSees([ok('Nova', 'well')]);
    await slack.builders.report({ name: 'a:1', host: 'a', seenAt: Date.now() - 200_000, findings: [] });

    const answer = await slack.command(developer, '/k8s doctor');

    expect(textOf(answer)).toContain('build workers · 1 problem');
    expect(textOf(answer)).toContain('→ Start one: slipway worker --queues build');
  });

  it('/k8s releases shows what Swift has, in the one cloud that is named', async () => {
    const release = {
      id: 'x',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      bytes: 345e6,
      madeAt: Date.now() - 3_600_000,
      usedAt: Date.now(),
      usedBy: ['staging'],
    };
    await workerSees({ releases: [release] });

    const answer = await slack.command(developer, '/k8s releases Playground');

    expect(asked).toMatchObject([{ name: 'inspect-releases', data: { choice: { cloud: 'playground' } } }]);
    expect(textOf(answer)).toContain('playground · 1 release, 345 MB');
    expect(textOf(answer)).toContain('v1.34.2  official  345 MB  60 min  staging');
  });

  it('/k8s doctor examines the one cloud that is named, however it is written', async () => {
    slack.clusters.set('other', { ...(slack.clusters.get('staging') as never as object), cloud: 'Elsewhere' } as never);
    await workerSees([ok('Nova', 'well')]);

    const answer = await slack.command(developer, '/k8s doctor ELSEWHERE');

    expect(asked).toMatchObject([{ data: { choice: { cloud: 'Elsewhere' } } }]);
    expect(textOf(answer)).toContain('Elsewhere · nothing to mend');
    expect(textOf(answer)).not.toContain('build worker');
  });

  it.each([
    [
      '/k8s doctor playgruond',
      'clusters.yaml uses no cloud playgruond. Did you mean playground?',
      'The clouds are: playground',
    ],
    ['/k8s releases playgruond', 'clusters.yaml uses no cloud playgruond. Did you mean', 'The clouds are: playground'],
    ['/k8s plan stagign', 'There is no cluster stagign. Did you mean staging?', 'The clusters are: sandbox, staging'],
    ['/k8s plan', '/k8s plan needs the name of a cluster', 'such as /k8s plan staging'],
    ['/k8s doctor one two', '/k8s doctor takes one word after it, and got 2', 'Type /k8s doctor [CLOUD]'],
  ])('%s is answered with what was probably meant', async (typed, message, hint) => {
    const answer = await slack.command(developer, typed);

    expect(textOf(answer)).toContain(message);
    expect(textOf(answer)).toContain(hint);
  });

  it.each([
    ['/k8s plan staging', 'You may not see a plan of staging'],
    ['/k8s doctor', 'You may not see how clouds are'],
    ['/k8s releases', 'You may not see releases'],
  ])('%s is refused to somebody whom the policy does not name', async (typed, refusal) => {
    await workerSees([]);

    const answer = await slack.command(visitor, typed);

    expect(textOf(answer)).toContain(refusal);
    expect(asked).toEqual([]);
  });

  it('says that it is looking when that takes a while, and then what was seen', async () => {
    await workerSees([ok('Image', 'debian-12')], 2_200);

    const first = await slack.command(developer, '/k8s plan staging');

    expect(textOf(first)).toContain('● Looking at what staging would take …');
    await vi.waitFor(() => expect(slack.privateAnswers().map(textOf).join()).toContain('*Image* · debian-12'), 5_000);
  });

  it('keeps neither who asked nor where to answer in Redis', async () => {
    await workerSees([ok('Image', 'debian-12')]);

    await slack.command(developer, '/k8s plan staging');

    const keys = (await slack.redis.keys('slipway:queue:cloud:*')).filter((key) => /:\d+$/.test(key));
    const jobs = await Promise.all(keys.map((key) => slack.redis.hgetall(key)));
    expect(jobs).toHaveLength(1);
    expect(JSON.stringify(jobs)).not.toMatch(/response_url|hooks|U0DEVELOPER|http/);
  });

  it('says that what went wrong is in the worker’s log', async () => {
    seer = await startSeer(slack.redisUrl, () => Promise.reject(new TypeError('secret detail')));

    const answer = await slack.command(developer, '/k8s plan staging');

    expect(textOf(answer)).toMatch(/Something unexpected happened \(job \d+\)/);
    expect(textOf(answer)).not.toContain('secret detail');
  });

  it('says that nobody serves the queue, and leaves nothing for later', async () => {
    await slack.close();
    slack = await startHarness({ mode, inspectionMs: 600 });

    const plan = await slack.command(developer, '/k8s plan staging');
    const doctor = await slack.command(developer, '/k8s doctor');

    expect(textOf(plan)).toContain('No worker serves the queue cloud');
    expect(textOf(plan)).toContain('slipway worker --queues cloud');
    expect(textOf(doctor)).toContain('playground · 1 problem');
    expect(textOf(doctor)).toContain('No worker serves the queue cloud');
    expect(await slack.jobs()).toEqual([]);
  });
});
