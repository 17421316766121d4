import { describe, expect, it } from 'vitest';
import type { KubernetesSpec } from '../../../src/clusters/cluster-spec.ts';
import type { Deployment, DeploymentEventBody } from '../../../src/clusters/deployment.ts';
import { type ClusterHealth, cutHealth } from '../../../src/clusters/health.ts';
import { blockProblems, exceedsMessageText } from '../../../src/playground/workspace/blocks/validate-blocks.ts';
import { deploymentCard } from '../../../src/slack/views/deployment-card.ts';
import { requestedStaging, stagingSpec } from '../../support/fixtures.ts';
import { built, deploymentOf, type Happening, histories, noon, stagingHealth } from '../support/histories.ts';

/** The deployment of a history whose cluster takes another Kubernetes. */
function withKubernetes(kubernetes: Partial<KubernetesSpec>, history: readonly Happening[]): Deployment {
  const [[seconds, requested] = [0, requestedStaging], ...others] = history;
  const spec = { ...stagingSpec, kubernetes: { ...stagingSpec.kubernetes, ...kubernetes } };
  return deploymentOf([[seconds, { ...requested, spec } as DeploymentEventBody], ...others]);
}

/** A cluster that came up like this. */
function upWith(health: ClusterHealth): Deployment {
  return deploymentOf(
    histories.succeeded.map(([seconds, body]): Happening => {
      const verified = body.type === 'step-finished' && body.step === 'verify';
      return [seconds, verified ? { ...body, result: { ...body.result, health } } : body];
    }),
  );
}

type Card = ReturnType<typeof deploymentCard>;

const states = Object.entries(histories);

function blockOf(card: Card, type: string) {
  return JSON.stringify(card.blocks.find((block) => block.type === type) ?? null);
}

/** What stands between the summary and the state. */
function bodyOf({ blocks }: Card): string {
  const body = blocks[2];
  return body?.type === 'section' ? (body.text?.text ?? '') : '';
}

function buttonsOf(card: Card): string[] {
  const row = card.blocks.find((block) => block.type === 'actions');
  return row === undefined
    ? []
    : row.elements.map((element) => ('action_id' in element ? (element.action_id ?? '') : ''));
}

describe('the card of a deployment', () => {
  it.each(states)('is one that Slack takes while it is %s', (_, history) => {
    const card = deploymentCard(deploymentOf(history));

    expect(blockProblems(card.blocks)).toEqual([]);
    expect(card.text).not.toBe('');
  });

  it.each(states)('has the same shape while it is %s', (_, history) => {
    const { blocks } = deploymentCard(deploymentOf(history));

    expect(blocks.slice(0, 4).map(({ type }) => type)).toEqual(['header', 'section', 'section', 'context']);
  });

  it.each([
    ['planning', 'staging · planning'],
    ['waiting', 'staging · waiting for approval'],
    ['queued', 'staging · starting'],
    ['building', 'staging · bringing up'],
    ['succeeded', 'staging · up'],
    ['gone', 'staging · gone'],
    ['scaledAndGone', 'staging · gone'],
    ['failedStack', 'staging · bringing up failed'],
    ['retriedStack', 'staging · bringing up'],
    ['failedPlan', 'staging · cannot be brought up'],
    ['cancelledWaiting', 'staging · cancelled'],
    ['cancelledStack', 'staging · cancelled'],
    ['cancelledDown', 'staging · tearing down cancelled'],
    ['denied', 'staging · denied'],
    ['expired', 'staging · expired'],
    ['tearingDown', 'staging · tearing down'],
    ['down', 'staging · down'],
  ] as const)('is headed %s: %s', (state, headline) => {
    expect(blockOf(deploymentCard(deploymentOf(histories[state])), 'header')).toContain(`"${headline}"`);
  });

  it.each([
    ['planning', []],
    ['waiting', ['approve', 'deny', 'change']],
    ['queued', ['cancel']],
    ['building', ['cancel', 'log']],
    ['stacking', ['cancel', 'log']],
    ['succeeded', ['kubeconfig', 'pods', 'topology', 'scale', 'tear-down', 'log']],
    ['gone', ['log']],
    ['succeededLongAgo', ['tear-down', 'log']],
    ['failedStack', ['retry', 'tear-down', 'log']],
    ['retriedStack', ['cancel', 'log']],
    ['failedBuild', ['retry', 'log']],
    ['failedPlan', []],
    ['cancelledWaiting', []],
    ['cancelledBuild', ['log']],
    ['cancelledStack', ['tear-down', 'log']],
    ['denied', []],
    ['expired', []],
    ['tearingDown', ['cancel']],
    ['cancelledDown', []],
    ['down', []],
    ['waitingToScale', ['approve', 'deny']],
    ['draining', ['cancel']],
    ['cancelledDraining', []],
    ['failedScale', ['retry']],
    ['upgrading', ['cancel', 'log']],
    ['failedUpgrade', ['retry', 'log']],
    ['upgraded', ['kubeconfig', 'pods', 'topology', 'scale', 'log']],
    ['scaled', ['kubeconfig', 'pods', 'topology', 'scale']],
    ['scaledAndGone', []],
  ] as const)('has the buttons that do something while it is %s', (state, buttons) => {
    expect(buttonsOf(deploymentCard(deploymentOf(histories[state])))).toEqual(buttons);
  });

  it('shows of the plan what clusters.yaml does not say, and each thing once', () => {
    const text = JSON.stringify(deploymentCard(deploymentOf(histories.waiting)).blocks);

    expect(text).toContain('1 × m1.medium (2 cores, 4 GiB)');
    expect(text).toContain('*Image* · debian-12, to be uploaded');
    expect(text).toContain('*Note* · 3 of 20 cores');
    expect(text.match(/Control plane/g)).toHaveLength(1);
  });

  it('says who may approve, and until when, in the time zone of the reader', () => {
    const until = (noon + 3_603_000) / 1000;

    expect(blockOf(deploymentCard(deploymentOf(histories.waiting)), 'context')).toContain(
      `Waiting for 1 approval by <!subteam^S0PLATFORM>, until <!date^${until}^{date_short_pretty} at {time}|2026-07-15 13:00 UTC>`,
    );
  });

  it('marks each step, with the time that it took or how far it is', () => {
    const text = JSON.stringify(deploymentCard(deploymentOf(histories.stacking)).blocks).replaceAll('\u00a0', ' ');

    expect(text).toContain('✓ Kubernetes v1.34.2 from source · commit `0123456789ab` · built in 2 min 19 s');
    expect(text).toContain('✓ Release in Swift · 2 objects sent · 18 s');
    expect(text).toContain('✓ Keypair ops in Nova · was there already');
    expect(text).toContain('● *Stack slipway-staging in Heat*');
    expect(text).toContain('■■■■■□□□□□□□ 5 of 12 resources');
    expect(text).toContain('○ Check of the Kubernetes API');
  });

  it('says that the cluster is up, and how it is reached', () => {
    const card = deploymentCard(deploymentOf(histories.succeeded));

    expect(card.text).toBe('staging is up');
    expect(JSON.stringify(card.blocks)).toContain('staging is up');
    expect(JSON.stringify(card.blocks)).toContain('<https://203.0.113.10:6443>');
  });

  it('lists its nodes and pods as kubectl does, and says when and by whom they were seen', () => {
    const body = bodyOf(deploymentCard(deploymentOf(histories.succeeded)));

    expect(body).toContain(
      [
        '*Nodes*',
        '```',
        'NAME                     STATUS  ROLE           VERSION  ADDRESS',
        'staging-control-plane-0  Ready   control-plane  v1.34.2  10.123.0.5',
        'staging-node-abcde       Ready   node           v1.34.2  10.123.0.6',
        '```',
        '*Pods of kube-system*',
        '```',
        'NAME                                    READY  STATUS   RESTARTS  AGE',
        'coredns-6799fbcd5-4mxqz                 1/1    Running  0         112s',
      ].join('\n'),
    );
    expect(body).toContain('kube-flannel-ds-x2rjv                   1/1    Running  1         112s');
    expect(body).toContain(
      '\u2713 Check of the Kubernetes API · 2 nodes ready, 5 pods of kube-system running · 11\u00a0s',
    );
    expect(body).toMatch(/Seen <!date\^\d+\^[^>]+> at the Kubernetes API$/);
    expect(body).not.toContain('Nodes ·');
  });

  it('says that only the control plane has seen them, where no worker can', () => {
    const body = bodyOf(deploymentCard(upWith({ ...stagingHealth, seenBy: 'report' })));

    expect(body).toMatch(/As the control plane reports, <!date[^>]+>; this worker cannot reach the API$/);
  });

  it('lists of many nodes and pods as many as Slack takes, and counts the others', () => {
    const name = (index: number) => `${'n'.repeat(50)}-${String(index).padStart(3, '0')}`;
    const [node, pod] = [stagingHealth.nodes[0], stagingHealth.pods[0]];
    const many = <Thing extends object>(thing: Thing | undefined) =>
      Array.from({ length: 300 }, (_, index) => ({ ...(thing as Thing), name: name(index) }));
    const health = cutHealth({ ...stagingHealth, nodes: many(node), pods: many(pod) });

    const card = deploymentCard(upWith(health));

    expect(blockProblems(card.blocks)).toEqual([]);
    expect(exceedsMessageText(card.blocks)).toBe(false);
    expect(bodyOf(card).match(/and 2\d\d more/g)).toHaveLength(2);
    expect(bodyOf(card).match(/```/g)).toHaveLength(4);
  });

  it('lists the names of the nodes where nobody has asked Kubernetes', () => {
    expect(bodyOf(deploymentCard(deploymentOf(histories.succeededLongAgo)))).toContain('Nodes · staging-node-abcde');
  });

  it('says that the cluster is down', () => {
    const card = deploymentCard(deploymentOf(histories.down));

    expect(card.text).toBe('staging is down');
    expect(JSON.stringify(card.blocks)).toContain('staging is down');
  });

  it('tells why it failed, at which step, and what to do', () => {
    const card = deploymentCard(deploymentOf(histories.failedStack));
    const text = JSON.stringify(card.blocks);

    expect(card.text).toContain('Bringing up staging failed: Heat could not create slipway-staging');
    expect(text).toContain('Quota exceeded for ram');
    expect(text).toContain('✗ *Stack slipway-staging in Heat*');
    expect(text).toContain('– Check of the Kubernetes API');
    expect(text).toContain('Retry goes on from the step that failed; Tear down removes what was made.');
  });

  it('says which commit is meant as soon as there is a plan', () => {
    const text = (history: readonly Happening[]) => JSON.stringify(deploymentCard(deploymentOf(history)).blocks);

    expect(text(histories.planning)).toContain('*Kubernetes*\\nv1.34.2\\nbuilt from source');
    expect(text(histories.waiting)).toContain('*Kubernetes*\\nv1.34.2 → `0123456789ab`\\nbuilt from source');
    expect(text(histories.down)).toContain('*Kubernetes*\\nv1.34.2"');
  });

  it('does not say a commit twice where one was asked for', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const text = JSON.stringify(deploymentCard(withKubernetes({ version: commit }, histories.waiting)).blocks);

    expect(text).toContain(`*Kubernetes*\\n${commit}\\nbuilt from source`);
  });

  it('calls an official release by that name, and offers no log of it', () => {
    const kubernetes = {
      source: 'release',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      mirror: 'https://dl',
    } as const;
    const card = deploymentCard(withKubernetes(kubernetes, histories.building));

    expect(JSON.stringify(card.blocks)).toContain('*Kubernetes*\\nv1.34.2\\nofficial release');
    expect(JSON.stringify(card.blocks)).toContain('● *Kubernetes v1.34.2, official release*');
    expect(buttonsOf(card)).toEqual(['cancel']);
  });

  it('offers no log where Swift had the release already', () => {
    const history = histories.stacking.map(([seconds, body]): Happening => {
      const build = body.type === 'step-finished' && body.step === 'build';
      return [seconds, build ? { ...body, result: { ...built, made: false } } : body];
    });
    const card = deploymentCard(deploymentOf(history));

    expect(buttonsOf(card)).toEqual(['cancel']);
    expect(JSON.stringify(card.blocks)).toContain('commit `0123456789ab` · was in Swift already');
  });

  it('asks before it cancels, with answers that cannot be mistaken, and says what stays', () => {
    const text = blockOf(deploymentCard(deploymentOf(histories.stacking)), 'actions');

    expect(text).toContain('Cancel bringing up staging?');
    expect(text).toContain('"Stop it"');
    expect(text).toContain('"Go on"');
    expect(text).toContain('The stack stays, and Heat goes on with it until it is torn down.');
    expect(blockOf(deploymentCard(deploymentOf(histories.building)), 'actions')).toContain(
      'a build with its containers',
    );
    expect(blockOf(deploymentCard(deploymentOf(histories.tearingDown)), 'actions')).toContain(
      'What Heat has begun to delete it goes on deleting',
    );
  });

  it.each([
    ['cancelledWaiting', 'U0PLATFORM', 'Nothing was changed. `/k8s up staging` asks again.'],
    ['cancelledBuild', 'U0PLATFORM', 'There is no stack yet; what was finished is kept. `/k8s up staging` asks again.'],
    [
      'cancelledStack',
      'U0DEVELOPER',
      'The stack is still there, and Heat goes on with what it has begun. Tear down removes it;',
    ],
    [
      'cancelledDown',
      'U0PLATFORM',
      'What Heat has begun to delete it goes on deleting. `/k8s down staging` asks again.',
    ],
  ] as const)('says of %s who cancelled it, what stays and what to do', (state, who, remains) => {
    const text = blockOf(deploymentCard(deploymentOf(histories[state])), 'context');

    expect(text).toContain(`– Cancelled by <@${who}> <!date^`);
    expect(text).toContain(remains);
  });

  it('keeps the checklist of what was cancelled while it ran, and the plan of what was not begun', () => {
    const text = (state: 'cancelledBuild' | 'cancelledWaiting') =>
      JSON.stringify(deploymentCard(deploymentOf(histories[state])).blocks);

    expect(text('cancelledBuild')).toContain('– Kubernetes v1.34.2 from source');
    expect(text('cancelledBuild')).toContain('✓ Keypair ops in Nova');
    expect(text('cancelledWaiting')).toContain('*Image* · debian-12, to be uploaded');
  });

  it('tells of a failed build in a sentence, and leaves the lines to the thread', () => {
    const text = JSON.stringify(deploymentCard(deploymentOf(histories.failedBuild)).blocks);

    expect(text).toContain('make quick-release stopped while it was compiling kubelet');
    expect(text).not.toContain('klogg');
  });

  it('asks before it tears down, and names what goes', () => {
    const text = blockOf(deploymentCard(deploymentOf(histories.succeeded)), 'actions');

    expect(text).toContain('Tear down staging?');
    expect(text).toContain('`slipway-staging` goes with the control plane and `staging-node-abcde`');
  });

  it('cannot be made to mention anybody or to fake a link by what comes from outside', () => {
    const evil = '<!channel> <https://evil.example|click> & `code`';
    const history: Happening[] = [
      [0, { ...requestedStaging, spec: { ...stagingSpec, cloud: evil, keypair: { name: evil } } } as never],
      [1, { type: 'planned', plan: { lines: [{ label: evil, text: evil }], warnings: [evil] } }],
      [2, { type: 'failed', failure: { message: evil, hint: evil, code: 'x' } }],
    ];

    for (const length of [2, 3]) {
      const text = JSON.stringify(deploymentCard(deploymentOf(history.slice(0, length))).blocks);
      expect(text).not.toContain('<!channel>');
      expect(text).not.toContain('<https://evil');
    }
  });

  it.each([
    ['waits', 0],
    ['has failed', 1],
  ])('stays within the limits of Slack however much there is to tell while it %s', (_, failed) => {
    const long = '<&>'.repeat(3000);
    const lines = Array.from({ length: 200 }, (__, index) => ({ label: `${index} ${long}`, text: long }));
    const name = 'a'.repeat(30);
    const spec = {
      ...stagingSpec,
      name,
      cloud: long,
      image: { id: long },
      keypair: { name: long },
      controlPlane: { flavor: long },
      nodes: { count: 500, max: 900, flavor: long },
      network: { ...stagingSpec.network, external: long },
      kubernetes: { ...stagingSpec.kubernetes, version: long },
    };
    const from = Array.from({ length: 30 }, (__, index) => `S0GROUP${index}ABCDE`);
    const card = deploymentCard(
      deploymentOf([
        [0, { ...requestedStaging, cluster: name, spec, terms: { count: 5, from, self: false, withinMs: 1 } } as never],
        [1, { type: 'planned', plan: { lines, warnings: [long, long] } }],
        [1, { type: 'approval-requested', until: noon }],
        ...(failed
          ? ([[2, { type: 'failed', failure: { message: long, hint: long, code: 'x' } }]] as Happening[])
          : []),
      ]),
    );

    expect(blockProblems(card.blocks)).toEqual([]);
    expect(exceedsMessageText(card.blocks)).toBe(false);
    expect(JSON.stringify(card.blocks).length).toBeLessThan(12_000);
    expect(card.text.length).toBeLessThan(3000);
    if (!failed) expect(JSON.stringify(card.blocks)).toMatch(/and 19\d more/);
  });

  it('tells each thing that stands in the way with what to change, and how many there are when not all fit', () => {
    const withProblems = (number: number, text: string) => {
      const problems = Array.from({ length: number }, (_, index) => ({
        text: `${index} ${text}`,
        hint: 'Change <it>',
      }));
      const failure = { message: `${number} things stand in the way of staging`, code: 'preflight', problems };
      return deploymentCard(
        deploymentOf([
          [0, requestedStaging],
          [1, { type: 'failed', failure }],
        ]),
      );
    };

    const few = JSON.stringify(withProblems(2, 'flavor').blocks);
    const many = withProblems(40, '<&>'.repeat(200));

    expect(few).toContain('✗ 2 things stand in the way of staging\\n✗ 0 flavor\\n→ Change &lt;it&gt;\\n✗ 1 flavor');
    expect(blockProblems(many.blocks)).toEqual([]);
    expect(JSON.stringify(many.blocks)).toMatch(/and \d\d more/);
  });

  it('lists a few nodes of many, and counts the others', () => {
    const nodes = Array.from({ length: 90 }, (_, index) => `staging-node-${index}`);
    const history = histories.succeededLongAgo.map(([seconds, body]): Happening => {
      const stack = body.type === 'step-finished' && body.step === 'stack';
      return [seconds, stack ? { ...body, result: { ...body.result, nodes } } : body];
    });

    const text = JSON.stringify(deploymentCard(deploymentOf(history)).blocks);

    expect(text).toContain('staging-node-11 and 78 more');
    expect(text).toContain('the control plane and 90 nodes');
  });

  it('is the same for the same deployment, so that it is sent only when something changed', () => {
    const deployment = deploymentOf(histories.stacking);

    expect(deploymentCard(deployment)).toEqual(deploymentCard(structuredClone(deployment)));
  });
});
