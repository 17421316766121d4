import { describe, expect, it } from 'vitest';
import { deploymentCard } from '../../../src/slack/views/deployment-card.ts';
import { threadMessage } from '../../../src/slack/views/thread-message.ts';
import { deploymentOf, eventAt, type Happening, histories } from '../support/histories.ts';

function threadOf(history: readonly Happening[]): string[] {
  const deployment = deploymentOf(history);
  return history.flatMap(([seconds, body]) => threadMessage(eventAt(seconds, body), deployment)?.text ?? []);
}

function cardText(history: readonly Happening[]): string {
  return JSON.stringify(deploymentCard(deploymentOf(history)).blocks);
}

describe('what is told of a cluster that gets another number of nodes', () => {
  it('is how many there will be, which of them go, and what is to be known of that', () => {
    const card = cardText(histories.waitingToScale);

    for (const words of ['2 → 1 × m1.small', 'staging-node-1', 'Nothing makes these pods anew: shop/web']) {
      expect(card).toContain(words);
    }
    expect(threadOf(histories.waitingToScale)[0]).toBe('<@U0DEVELOPER> asked to scale *staging* to 1 node');
  });

  it('is each node that is drained, and what became of the stack', () => {
    const thread = threadOf(histories.scaled).join('\n');

    expect(thread).toContain('● staging-node-1 is drained');
    expect(thread).toMatch(/✓ Nodes that go are empty in 7\ss: 3 pods moved/);
    expect(thread).toMatch(/✓ The stack has 1 node in 21\ss: staging-node-1 removed/);
    expect(thread).toContain('✓ *staging has 1 node* · 1 control plane and 1 node');
  });

  it('is that the cluster runs, whatever failed', () => {
    expect(cardText(histories.failedScale)).toContain('The cluster runs. Retry goes on from the step that failed.');
    expect(threadOf(histories.failedScale).at(-1)).toContain('The cluster runs. *Retry* goes on from there.');
  });

  it.each([
    ['cancelledDraining', 'The cluster runs with all its nodes; staging-node-1 takes no new pods (kubectl uncordon'],
    [
      'cancelledScale',
      'Heat goes on with what it has begun; what it has not removed of staging-node-1 takes no new pods',
    ],
  ] as const)('is the truth about what remains when it is cancelled: %s', (state, words) => {
    const next = '`/k8s scale staging 1` asks again.';

    expect(cardText(histories[state])).toContain(words);
    expect(cardText(histories[state])).toContain(next);
    expect(threadOf(histories[state]).at(-1)).toContain(next);
  });
});
