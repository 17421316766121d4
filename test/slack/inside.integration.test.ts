import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approve, startStep } from '../../src/clusters/decisions.ts';
import { buttonValue } from '../../src/slack/views/button-value.ts';
import { clusterRecord } from '../support/fixtures.ts';
import { type Answering, type Asked, startAnswering } from './support/answering.ts';
import {
  developer,
  type Harness,
  type HarnessOptions,
  platform,
  startHarness,
  textOf,
  visitor,
} from './support/harness.ts';
import { noon, stagingHealth } from './support/histories.ts';

const until = noon + 8 * 3_600_000;

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])(
  'looking into a cluster over $mode',
  ({ mode }) => {
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

    async function workerAnswers(answer: object): Promise<void> {
      answering = await startAnswering(slack.redisUrl, answer, asked);
    }

    async function restart(options: Partial<HarnessOptions>): Promise<void> {
      await slack.close();
      slack = await startHarness({ mode, ...options });
    }

    const seen = { kind: 'seen', health: stagingHealth };
    const sent = { kind: 'sent', level: 'edit', until };
    const question = { cluster: 'staging', deployment: 'staging-1' };

    describe('/k8s pods', () => {
      it('shows nodes and pods of now, with where each pod runs', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers(seen);

        const answer = await slack.command(developer, '/k8s pods staging');

        expect(asked).toEqual([{ name: 'inspect-pods', data: question }]);
        expect(answer.ephemeralFor).toBe(developer);
        expect(textOf(answer)).toContain('staging · 2 nodes ready, 5 pods of kube-system running');
        expect(textOf(answer)).toContain('staging-node-abcde       Ready   node           v1.34.2  10.123.0.6');
        expect(textOf(answer)).toContain('RESTARTS  AGE   NODE');
        expect(textOf(answer)).toMatch(/kube-proxy-9m4tk +1\/1 +Running +0 +112s +staging-node-abcde/);
        expect(textOf(answer)).toMatch(/Seen <!date[^>]+> at the Kubernetes API/);
      });

      it('says that only the control plane has seen them, and why a node is not ready', async () => {
        await slack.known.put(clusterRecord('broken', 'staging-1'));
        const nodes = stagingHealth.nodes.map((node) => ({ ...node, ready: false, reason: 'cni <missing>' }));
        await workerAnswers({ kind: 'seen', health: { ...stagingHealth, nodes, seenBy: 'report' } });

        const answer = await slack.command(platform, '/k8s pods staging');

        expect(textOf(answer)).toContain('staging · 0 of 2 nodes ready');
        expect(textOf(answer)).toContain('cni &lt;missing&gt;');
        expect(textOf(answer)).toContain('this worker cannot reach the API');
      });

      it('tells why nothing can be seen, and what to do', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers({ kind: 'unknown', text: 'There is no admin.conf', hint: 'Bring it up anew' });

        const answer = await slack.command(developer, '/k8s pods staging');

        expect(textOf(answer)).toContain('✗ Looking into *staging*: There is no admin.conf\\n→ Bring it up anew');
      });

      it('asks the servers of a cluster that is coming up as soon as there can be any', async () => {
        const id = await slack.waitForApproval();
        const early = await slack.command(developer, '/k8s pods staging');
        await slack.deployments.change(id, approve(platform));
        await slack.deployments.change(id, startStep('stack'));
        await workerAnswers(seen);

        await slack.command(developer, '/k8s pods staging');

        expect(textOf(early)).toContain('*staging* has no servers yet');
        expect(textOf(early)).toContain('Once it is up, `/k8s pods staging` works.');
        expect(asked).toEqual([{ name: 'inspect-pods', data: { cluster: 'staging', deployment: id } }]);
      });

      it.each([
        [
          '/k8s pods sandbox',
          '*sandbox* is not up, so there is nothing to look into.\\n→ `/k8s up sandbox` brings it up.',
        ],
        ['/k8s pods stagign', 'There is no cluster stagign. Did you mean staging?'],
        ['/k8s pods', '/k8s pods needs the name of a cluster'],
      ])('answers %s with what to type', async (typed, problem) => {
        expect(textOf(await slack.command(developer, typed))).toContain(problem);
      });

      it('is for those who may ask for clusters, and for those who may have a kubeconfig', async () => {
        await restart({ policy: { access: { admin: [], edit: [], view: [visitor], lifetimeMs: 3_600_000 } } });
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers(seen);

        const looking = await slack.command(visitor, '/k8s pods staging');
        await restart({});
        const refused = await slack.command(visitor, '/k8s pods staging');

        expect(textOf(looking)).toContain('2 nodes ready');
        expect(textOf(refused)).toContain('You may not see what runs in staging');
      });

      it('the Pods button does the same for the cluster of its card, and for no later one', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers(seen);
        const ts = await slack.postButton('pods', buttonValue(question));

        const now = await slack.clickAnswered(developer, ts, 'pods');
        await slack.known.put(clusterRecord('up', 'staging-2'));
        const later = await slack.clickAnswered(developer, ts, 'pods');
        await slack.known.remove('staging');
        const gone = await slack.clickAnswered(developer, ts, 'pods');
        const stranger = await slack.clickAnswered(visitor, ts, 'pods');

        expect(textOf(now)).toContain('2 nodes ready');
        expect(textOf(later)).toContain('This button is of an earlier *staging*');
        expect(textOf(later)).toContain('For that one, type `/k8s pods staging`.');
        expect(textOf(gone)).toContain('*staging* is not there any more');
        expect(textOf(stranger)).toContain('You may not see what runs in staging');
        expect(asked).toHaveLength(1);
      });

      it('answers a button that carries nothing', async () => {
        const ts = await slack.postButton('pods', 'nonsense');

        expect(textOf(await slack.clickAnswered(developer, ts, 'pods'))).toContain('not known any more');
      });
    });

    describe('/k8s kubeconfig', () => {
      it('says that it was sent, in which group and until when; the job names who asked and nothing secret', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers(sent);

        const answer = await slack.command(developer, '/k8s kubeconfig staging');

        expect(asked).toEqual([{ name: 'send-kubeconfig', data: { ...question, requestedBy: developer } }]);
        expect(answer.ephemeralFor).toBe(developer);
        expect(textOf(answer)).toContain('Your kubeconfig for *staging* is in your direct messages with Slipway');
        expect(textOf(answer)).toContain(`group \`slipway:edit\`, until <!date^${until / 1000}^`);
      });

      it('tells why it was not sent, and what to do', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers({
          kind: 'refused',
          message: 'Slack refused (missing_scope)',
          hint: 'Give the app im:write',
        });

        const answer = await slack.command(developer, '/k8s kubeconfig staging');

        expect(textOf(answer)).toContain(
          '✗ A kubeconfig for *staging*: Slack refused (missing_scope)\\n→ Give the app',
        );
      });

      it('asks once for a double click, and once more for somebody else', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        await workerAnswers(sent);
        const ts = await slack.postButton('kubeconfig', buttonValue(question));

        const answers = [
          await slack.clickAnswered(developer, ts, 'kubeconfig'),
          await slack.clickAnswered(developer, ts, 'kubeconfig'),
          await slack.clickAnswered(platform, ts, 'kubeconfig'),
        ];

        for (const answer of answers) expect(textOf(answer)).toContain('is in your direct messages');
        expect(asked.map(({ data }) => data)).toEqual([
          { ...question, requestedBy: developer },
          { ...question, requestedBy: platform },
        ]);
      });

      it('is refused to whoever the policy gives no access, with who has it', async () => {
        await slack.known.put(clusterRecord('up', 'staging-1'));
        const ts = await slack.postButton('kubeconfig', buttonValue(question));

        const typed = await slack.command(visitor, '/k8s kubeconfig staging');
        const clicked = await slack.clickAnswered(visitor, ts, 'kubeconfig');

        for (const answer of [typed, clicked]) {
          expect(textOf(answer)).toContain(
            'You may not have a kubeconfig for staging.\\n→ <!subteam^S0PLATFORM> or <!subteam^S0DEVELOPERS> may',
          );
        }
      });

      it('is for nobody where the policy names nobody', async () => {
        await restart({ policy: { access: { admin: [], edit: [], view: [], lifetimeMs: 3_600_000 } } });

        expect(textOf(await slack.command(platform, '/k8s kubeconfig staging'))).toContain(
          'You may not have a kubeconfig for staging.\\n→ Nobody may, as clusters.yaml stands.',
        );
      });

      it('has nothing to give for a cluster that is not up', async () => {
        expect(textOf(await slack.command(developer, '/k8s kubeconfig sandbox'))).toContain('*sandbox* is not up');
      });

      it('says that nobody serves the queue', async () => {
        await restart({ inspectionMs: 400 });
        await slack.known.put(clusterRecord('up', 'staging-1'));

        const answer = await slack.command(developer, '/k8s kubeconfig staging');

        expect(textOf(answer)).toContain('No worker serves the queue notify');
      });
    });
  },
);
