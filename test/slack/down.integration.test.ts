import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Removal } from '../../src/clusters/removal.ts';
import { clusterRecord } from '../support/fixtures.ts';
import { developer, type Harness, startHarness, textOf, visitor } from './support/harness.ts';
import { startSeer } from './support/seer.ts';

const removal: Removal = {
  stack: 'slipway-staging',
  resources: 31,
  servers: 3,
  loadBalancers: 2,
  floatingIps: 1,
  volumes: [
    { name: 'pvc-<1>', gib: 8 },
    { name: 'pvc-2', gib: 4 },
  ],
};

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('/k8s down over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode, inspectionMs: 300 });
  });
  afterEach(() => slack.close());

  describe('with a worker that looks', () => {
    let seer: { close(): Promise<void> } | undefined;

    afterEach(async () => {
      await seer?.close();
      seer = undefined;
    });

    async function givenSeen(seen: object): Promise<void> {
      await slack.close();
      slack = await startHarness({ mode });
      await slack.known.put(clusterRecord('up', 'staging-1'));
      seer = await startSeer(slack.redisUrl, async () => seen);
    }

    it('says what goes, and leaves the choice about volumes', async () => {
      await givenSeen({ kind: 'seen', removal });

      const question = await slack.command(developer, '/k8s down staging');

      const said = textOf(question);
      expect(said).toContain(
        'the stack `slipway-staging` in the cloud playground, with 31 resources, 3 of them servers',
      );
      expect(said).toContain('what Services have made, 2 load balancers and 1 floating IP');
      expect(said).toContain(
        '2 volumes with 12 GiB that the cluster has made: `pvc-&lt;1&gt;` (8 GiB), `pvc-2` (4 GiB)',
      );
      expect(said).toContain('"Tear down staging"');
      expect(said).toContain('"Tear down with 2 volumes"');
      expect(said).toContain('2 volumes with 12 GiB and all that is stored there is lost');
    });

    it.each([
      ['tear-down', undefined],
      ['tear-down-with-volumes', true],
    ])('%s requests it with that choice', async (actionId, removeVolumes) => {
      await givenSeen({ kind: 'seen', removal });
      const question = await slack.command(developer, '/k8s down staging');

      await slack.clickAnswered(developer, question.ts, actionId);

      const [deployment] = await slack.deployments.active();
      expect(deployment?.action).toBe('down');
      expect(deployment?.removeVolumes).toBe(removeVolumes);
    });

    it('offers no choice where there are no volumes', async () => {
      await givenSeen({ kind: 'seen', removal: { ...removal, loadBalancers: 0, floatingIps: 0, volumes: [] } });

      const said = textOf(await slack.command(developer, '/k8s down staging'));

      expect(said).not.toContain('volume');
      expect(said).not.toContain('Services');
    });

    it('says why nobody knows what is there, and offers the button all the same', async () => {
      await givenSeen({ kind: 'unknown', text: 'Heat does not answer' });

      const said = textOf(await slack.command(developer, '/k8s down staging'));

      expect(said).toContain('What that is nobody could say now: Heat does not answer');
      expect(said).toContain('"Tear down staging"');
    });
  });

  it('removes nothing by itself, and the button in its answer is used up by a click', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));

    const question = await slack.command(developer, '/k8s down staging');
    const before = await slack.deployments.active();
    const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

    expect(before).toEqual([]);
    expect(textOf(question)).toContain(
      'The button looks in the cloud, and removes what it finds of it: the stack `slipway-staging` in the cloud playground',
    );
    expect(answer.ts).toBe(question.ts);
    expect(textOf(answer)).not.toContain('tear-down');
    const [deployment] = await slack.deployments.active();
    expect(deployment).toMatchObject({ action: 'down', terms: { count: 0 }, requestedBy: developer });
    expect(await slack.jobs()).toEqual([`plan ${deployment?.id}`]);
  });

  it('is possible for a cluster that Redis does not know, since the cloud may', async () => {
    const question = await slack.command(developer, '/k8s down staging');

    const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

    expect(textOf(question)).toContain('As far as is known staging is not there');
    expect(textOf(answer)).toContain('Tearing down *staging*');
  });

  it('leaves alone a cluster that came up after the question was asked', async () => {
    const question = await slack.command(developer, '/k8s down staging');
    await slack.known.put({ ...clusterRecord('up', 'staging-1'), since: Date.now() + 1_000 });

    const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

    expect(textOf(answer)).toContain('was not there when this button was shown. Nothing was removed');
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('takes a cluster that was there all the while, and that upkeep has found in the cloud since', async () => {
    const question = await slack.command(developer, '/k8s down staging');
    await slack.known.put(clusterRecord('up', 'staging-1'));

    const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

    expect(textOf(answer)).toContain('Tearing down *staging*');
    expect(await slack.deployments.active()).toMatchObject([{ action: 'down', maker: 'staging-1' }]);
  });

  it('leaves alone a newer cluster of the same name', async () => {
    await slack.known.put(clusterRecord('up', 'staging-1'));
    const question = await slack.command(developer, '/k8s down staging');
    await slack.known.put(clusterRecord('up', 'staging-2'));

    const answer = await slack.clickAnswered(developer, question.ts, 'tear-down');

    expect(textOf(answer)).toContain('This button is of an earlier staging');
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('is refused to somebody whom the policy does not name', async () => {
    const answer = await slack.command(visitor, '/k8s down staging');

    expect(textOf(answer)).toContain('You may not tear staging down');
    expect(textOf(answer)).not.toContain('tear-down');
  });
});
