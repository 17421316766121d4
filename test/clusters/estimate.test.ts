import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/clusters/deployment.ts';
import { estimateOf, estimateText } from '../../src/clusters/estimate.ts';
import { deploymentAfter, requestedStaging, stagingSpec } from '../support/fixtures.ts';

const minute = 60_000;

/** An up of a cluster that took so long, of which the build took all but the last minute. */
function took(minutes: number, cluster = 'staging', change: Partial<Deployment> = {}): Deployment {
  return {
    ...deploymentAfter(requestedStaging),
    cluster,
    spec: { ...stagingSpec, name: cluster },
    state: 'succeeded',
    finishedAt: minutes * minute + 5,
    steps: {
      build: { state: 'done', attempt: 1, startedAt: 5, finishedAt: (minutes - 1) * minute + 5 },
      stack: { state: 'done', attempt: 1, startedAt: (minutes - 1) * minute + 5, finishedAt: minutes * minute + 5 },
      keypair: { state: 'done', attempt: 1, startedAt: 5, finishedAt: 105 },
    },
    ...change,
  };
}

function textFor(history: readonly Deployment[]): string | undefined {
  const estimate = estimateOf(stagingSpec, history);
  return estimate && estimateText(estimate, 'staging');
}

describe('how long it will take', () => {
  it.each([
    ['is as last time', [took(6), took(9)], 'about 6 min, as last time (build 5 min, stack 60 s)'],
    [
      'is as another cluster took when this one never came up',
      [took(3, 'sandbox')],
      'about 3 min, as sandbox took (build 2 min, stack 60 s)',
    ],
    [
      'prefers the same cluster to a newer other one',
      [took(3, 'sandbox'), took(6)],
      'about 6 min, as last time (build 5 min, stack 60 s)',
    ],
    ['is not told by one that failed', [took(1, 'staging', { state: 'failed' })], undefined],
    ['is not told by a tear-down', [took(1, 'staging', { action: 'down' })], undefined],
    ['is not told by one without steps', [took(1, 'staging', { steps: {} })], undefined],
    ['is not known at first', [], undefined],
  ] as const)('%s', (_, history, text) => {
    expect(textFor(history)).toBe(text);
  });
});
