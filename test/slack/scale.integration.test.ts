import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approve, failStep, finishStep, startStep } from '../../src/clusters/decisions.ts';
import { clusterRecord, stagingSpec } from '../support/fixtures.ts';
import { developer, type Harness, platform, startHarness, textOf, visitor } from './support/harness.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('scaling over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  it('asks for a plan and an approval, with what is known of the cluster', async () => {
    const maker = await slack.comeUp();

    const answer = await slack.command(developer, '/k8s scale staging 3');

    const [deployment] = await slack.deployments.active();
    expect(textOf(answer)).toContain('Planning scaling *staging*');
    expect(textOf(answer)).toContain('nothing is changed before it is approved');
    expect(deployment).toMatchObject({
      action: 'scale',
      state: 'requested',
      requestedBy: developer,
      terms: { count: 1 },
      spec: { nodes: { count: 3, max: 3 } },
      before: { deployment: maker, nodes: ['staging-node-abcde'] },
    });
    expect(await slack.jobs()).toEqual([`plan ${deployment?.id}`]);
  });

  it.each([
    ['/k8s scale staging 4', '4 nodes are too many: clusters.yaml allows at most 3'],
    ['/k8s scale staging -1', '-1 is no number of nodes'],
    ['/k8s scale staging two', 'two is no number of nodes'],
    ['/k8s scale staging 1.5', '1.5 is no number of nodes'],
    ['/k8s scale staging', '/k8s scale needs NODES after staging'],
    ['/k8s scale', '/k8s scale needs the name of a cluster'],
    ['/k8s scale stagin 2', 'Did you mean staging?'],
    ['/k8s scale sandbox 2', '*sandbox* is not there, so there is nothing to scale'],
  ])('refuses %s with a sentence', async (command, expected) => {
    await slack.comeUp();

    expect(textOf(await slack.command(developer, command))).toContain(expected);
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('goes by the limit of today', async () => {
    await slack.comeUp();
    slack.clusters.set('staging', { ...stagingSpec, nodes: { ...stagingSpec.nodes, max: 5 } });

    await slack.command(developer, '/k8s scale staging 5');

    expect(await slack.deployments.active()).toMatchObject([{ spec: { nodes: { count: 5, max: 5 } } }]);
  });

  it('is nothing for a cluster that did not come up', async () => {
    await slack.known.put(clusterRecord('broken', 'staging-1'));

    expect(textOf(await slack.command(developer, '/k8s scale staging 2'))).toContain('*staging* is broken');
  });

  it('is refused to who may not ask for clusters', async () => {
    await slack.comeUp();

    expect(textOf(await slack.command(visitor, '/k8s scale staging 2'))).toContain('You may not scale staging');
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('gives another number than clusters.yaml to whom the policy names alone, by the form too', async () => {
    await slack.close();
    slack = await startHarness({ mode, policy: { change: { nodes: ['S0PLATFORM'] } } });
    const id = await slack.comeUp();
    const ts = await slack.postButton('scale', JSON.stringify({ c: 'staging', d: id }));

    const typed = await slack.command(developer, '/k8s scale staging 3');
    await slack.clickForm(developer, ts, 'scale');
    const entered = await slack.submitAnswered(developer, { 'form-nodes': '2' });

    expect(textOf(typed)).toContain('You may not change the nodes of staging.\\n→ <!subteam^S0PLATFORM> may');
    expect(textOf(entered)).toContain('You may not change the nodes of staging');
    expect(await slack.deployments.active()).toEqual([]);
    await slack.command(platform, '/k8s scale staging 3');
    expect(await slack.deployments.active()).toMatchObject([{ requestedBy: platform, spec: { nodes: { count: 3 } } }]);
  });

  it('goes back to what clusters.yaml has for whoever may scale', async () => {
    await slack.close();
    slack = await startHarness({ mode, policy: { change: { nodes: [] } } });
    const id = await slack.comeUp();
    await slack.known.put({ ...clusterRecord('up', id), nodes: ['staging-node-abcde', 'staging-node-fghij'] });

    await slack.command(developer, '/k8s scale staging 1');

    expect(await slack.deployments.active()).toMatchObject([{ requestedBy: developer, spec: { nodes: { count: 1 } } }]);
  });

  it('says who is at it when something is under way', async () => {
    await slack.comeUp();
    await slack.command(developer, '/k8s scale staging 2');

    const answer = await slack.command(developer, '/k8s scale staging 3');

    expect(textOf(answer)).toContain('*staging* is being scaled already');
  });

  it('has a button on the card of a cluster that is up, which asks how many nodes there are to be', async () => {
    const id = await slack.comeUp();
    const value = JSON.stringify({ c: 'staging', d: id });
    const ts = await slack.postButton('scale', value);

    const form = await slack.clickForm(developer, ts, 'scale');
    const wrong = await slack.submit(developer, { 'form-nodes': '4' });
    const answer = await slack.submitAnswered(developer, { 'form-nodes': '2' });
    await slack.known.put(clusterRecord('up', 'staging-other'));
    const late = await slack.clickAnswered(developer, ts, 'scale');

    expect(textOf(form)).toContain('*staging* has 1 node.');
    expect(wrong.errors).toEqual({ nodes: 'Please enter a number no more than 3.' });
    expect(textOf(answer)).toContain('Planning scaling *staging*');
    expect(await slack.deployments.active()).toMatchObject([{ action: 'scale', spec: { nodes: { count: 2 } } }]);
    expect(textOf(late)).toContain('The staging of this card is not there any more');
  });

  it('asks nothing by the form of a cluster that is gone by the time it is sent', async () => {
    const id = await slack.comeUp();
    const ts = await slack.postButton('scale', JSON.stringify({ c: 'staging', d: id }));
    await slack.clickForm(developer, ts, 'scale');
    await slack.known.put(clusterRecord('up', 'staging-other'));

    const answer = await slack.submitAnswered(developer, { 'form-nodes': '2' });

    expect(textOf(answer)).toContain('The staging of this card is not there any more');
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('leaves the cluster up when it fails, to be tried again, and does not forget when the cluster goes', async () => {
    const maker = await slack.comeUp();
    await slack.command(developer, '/k8s scale staging 3');
    const id = (await slack.deployments.active())[0]?.id ?? '';
    await slack.deployments.change(id, () => [
      { type: 'planned', plan: { lines: [], warnings: [] } },
      { type: 'approval-requested', until: Date.now() + 60_000 },
    ]);
    await slack.deployments.change(id, approve('U0PLATFORM'));
    await slack.deployments.change(id, startStep('drain'));
    await slack.deployments.change(id, finishStep('drain', 1, { nodes: [], evicted: 0 }));
    await slack.deployments.change(id, startStep('resize'));
    await slack.deployments.change(id, () => failStep('resize', 1, { message: 'No', code: 'no' }));
    const failed = await slack.known.find('staging');
    const status = await slack.command(developer, '/k8s status staging');

    const answer = await slack.command(developer, '/k8s retry staging');

    expect(failed).toMatchObject({ state: 'up', unfinished: 'scale', deployment: maker });
    expect(textOf(status)).toContain('staging · up, scaling unfinished');
    expect(textOf(answer)).toContain('Trying again: scaling *staging*');
    expect(await slack.deployments.get(id)).toMatchObject({ state: 'queued', round: 2 });
  });
});
