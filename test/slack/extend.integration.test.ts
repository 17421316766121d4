import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extend, failStep, startStep } from '../../src/clusters/decisions.ts';
import { approveStaging, clusterRecord, stagingSpec } from '../support/fixtures.ts';
import { developer, type Harness, startHarness, textOf, visitor } from './support/harness.ts';

const hour = 3_600_000;

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('lifetimes over $mode', ({ mode }) => {
  const now = Date.UTC(2026, 6, 15, 12);
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode, now: () => now, inspectionMs: 300 });
    slack.clusters.set('staging', { ...stagingSpec, lifetime: { defaultMs: 8 * hour, maxMs: 24 * hour } });
  });
  afterEach(() => slack.close());

  /** A cluster that is there, if only in part; answers its deployment. */
  async function made(changes: object = {}): Promise<string> {
    const spec = { ...stagingSpec, lifetime: { defaultMs: 2 * hour, maxMs: 24 * hour }, ...changes };
    const { id } = await approveStaging(slack.deployments, { spec });
    await slack.deployments.change(id, startStep('stack'));
    await slack.deployments.change(id, () => failStep('stack', 1, { message: 'No', code: 'no' }));
    return id;
  }

  async function end(id: string): Promise<number | undefined> {
    return (await slack.deployments.get(id)).expiry?.until;
  }

  it('are longer by the usual time with a click, counted from now', async () => {
    const id = await made();
    const ts = await slack.postCard(id);

    const answer = await slack.clickAnswered(developer, ts, 'extend');

    expect(textOf(answer)).toContain('*staging* stays until');
    expect(await end(id)).toBe(now + 8 * hour);
    expect(await slack.known.find('staging')).toMatchObject({ expiresAt: now + 8 * hour });
  });

  it.each([
    ['/k8s extend staging', now + 8 * hour],
    ['/k8s extend staging 1h30m', now + 1.5 * hour],
    ['/k8s extend “staging” 24H', now + 24 * hour],
  ])('are set by %s', async (command, expected) => {
    const id = await made();

    await slack.command(developer, command);

    expect(await end(id)).toBe(expected);
  });

  it('have a limit, which is said, and nothing changes', async () => {
    const id = await made();

    const answer = await slack.command(developer, '/k8s extend staging 2d');

    expect(textOf(answer)).toContain('is too long: clusters.yaml lets staging be there for 24 h');
    expect(await end(id)).toBe(now + 2 * hour);
  });

  it('are no matter for who may not ask for clusters', async () => {
    const id = await made();

    const answer = await slack.command(visitor, '/k8s extend staging');

    expect(textOf(answer)).toContain('You may not keep staging for longer');
    expect(await end(id)).toBe(now + 2 * hour);
  });

  it.each([
    ['soon', 'soon is no time that Slipway understands'],
    ['0h', '0h is no time that Slipway understands'],
  ])('want a time: %s', async (time, expected) => {
    await made();

    expect(textOf(await slack.command(developer, `/k8s extend staging ${time}`))).toContain(expected);
  });

  it('are not there for a cluster that stays, or is not there', async () => {
    const stays = await made({ lifetime: {} });

    expect(textOf(await slack.command(developer, '/k8s extend staging'))).toContain('*staging* has no end');
    expect(textOf(await slack.command(developer, '/k8s extend sandbox'))).toContain('*sandbox* is not there');
    expect(await end(stays)).toBeUndefined();
  });

  it('are longer by what was asked for where clusters.yaml has no usual time', async () => {
    slack.clusters.set('staging', stagingSpec);
    const id = await made({ lifetime: { defaultMs: 4 * hour } });
    const later = now + hour;
    await slack.deployments.change(id, extend(developer, later));

    await slack.command(developer, '/k8s extend staging');

    expect(await end(id)).toBe(now + 4 * hour);
  });

  it('have no end any more once clusters.yaml protects the cluster', async () => {
    const id = await made();
    slack.clusters.set('staging', { ...stagingSpec, protected: true });

    const answer = await slack.command(developer, '/k8s extend staging');

    expect(textOf(answer)).toContain('*staging* has no end: it is protected');
    expect(await end(id)).toBe(now + 2 * hour);
  });

  it('cannot be changed by the card of an earlier cluster', async () => {
    const id = await made();
    const ts = await slack.postCard(id);
    await slack.known.put(clusterRecord('up', 'staging-other'));

    const answer = await slack.clickAnswered(developer, ts, 'extend');

    expect(textOf(answer)).toContain('The staging of this card is not there any more');
    expect(await end(id)).toBe(now + 2 * hour);
  });

  it('are asked for with the cluster, whatever a phone makes of the dashes', async () => {
    await slack.command(developer, '/k8s up staging —ttl 4h');
    const [deployment] = await slack.deployments.recent(1);

    expect(deployment?.spec.lifetime).toEqual({ defaultMs: 4 * hour, maxMs: 24 * hour });
  });

  it.each([
    ['/k8s up staging --ttl 3d', 'is too long'],
    ['/k8s up staging --ttl', '--ttl needs a value'],
    ['/k8s up staging --tll 4h', 'Did you mean --ttl?'],
    ['/k8s up staging --ttl 1h --ttl 2h', '--ttl is there twice'],
    ['/k8s list --ttl 1h', '/k8s list has no --ttl'],
  ])('are refused with a sentence: %s', async (command, expected) => {
    expect(textOf(await slack.command(developer, command))).toContain(expected);
    expect(await slack.deployments.recent(1)).toEqual([]);
  });

  it('do not end for who is protected, which goes with an approval alone', async () => {
    slack.clusters.set('staging', { ...stagingSpec, protected: true });
    await made({ protected: true });

    const question = await slack.command(developer, '/k8s down staging');
    const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

    expect(textOf(question)).toContain('staging is protected: the button asks for an approval first.');
    expect(textOf(answer)).toContain('*staging* is protected, so somebody has to approve that it goes');
    const [down] = await slack.deployments.active();
    expect(down).toMatchObject({ action: 'down', terms: { count: 1 } });
  });
});
