import { describe, expect, it } from 'vitest';
import { deploymentCard } from '../../../src/slack/views/deployment-card.ts';
import { threadMessage } from '../../../src/slack/views/thread-message.ts';
import { deploymentOf, eventAt, type Happening, histories } from '../support/histories.ts';

function threadOf(history: readonly Happening[]): string {
  const deployment = deploymentOf(history);
  return history.flatMap(([seconds, body]) => threadMessage(eventAt(seconds, body), deployment)?.text ?? []).join('\n');
}

function cardText(history: readonly Happening[]): string {
  return JSON.stringify(deploymentCard(deploymentOf(history)).blocks);
}

describe('what is told of a cluster that gets another version', () => {
  it('is which one, each server that has it, and that later nodes have it, too', () => {
    const thread = threadOf(histories.upgraded);

    expect(thread).toContain('<@U0DEVELOPER> asked to upgrade *staging* to v1.35.1');
    expect(thread).toContain('● staging-control-plane-0 upgraded to v1.35.1 and Ready');
    expect(thread).toMatch(/✓ 3 servers upgraded to v1\.35\.1 in .*; nodes that are added later get it, too/);
    expect(thread).toContain('✓ *staging has v1.35.1* · 1 control plane and 2 nodes');
  });

  it('is on the card how far it is', () => {
    expect(cardText(histories.upgrading)).toContain('node 1 of 2: draining, 3 pods left');
    expect(cardText(histories.upgrading)).toContain('Upgrade of the servers to v1.35.1');
  });

  it('is where it stopped and why, and that the cluster runs', () => {
    const thread = threadOf(histories.failedUpgrade);

    expect(thread).toContain('staging-node-0 could not be upgraded: state kubeadm-upgrade: no');
    expect(thread).toContain('error: the kubelet does not start');
    expect(thread).toContain('The cluster runs. *Retry* goes on from there.');
  });

  it('is the truth about what remains when it is cancelled', () => {
    expect(threadOf(histories.cancelledUpgrade)).toContain('The cluster runs, maybe with servers of both versions.');
    expect(threadOf(histories.cancelledUpgrade)).toContain('`/k8s upgrade staging v1.35.1` asks again.');
  });
});
