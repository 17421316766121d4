import { describe, expect, it } from 'vitest';
import { type Cluster, clusterAfter } from '../../src/clusters/cluster.ts';
import type { DeploymentEventBody } from '../../src/clusters/deployment.ts';
import { approvedStaging, deploymentAfter, requestedStaging } from '../support/fixtures.ts';

const cancelled: DeploymentEventBody = { type: 'cancelled', by: 'U1' };
const down = { ...requestedStaging, action: 'down' } as DeploymentEventBody;

describe('what a cancelled deployment leaves of its cluster', () => {
  it('is a broken one where a stack may have been asked for', () => {
    const stack: DeploymentEventBody = { type: 'step-started', step: 'stack', attempt: 1 };

    expect(clusterAfter(deploymentAfter(...approvedStaging, stack, cancelled))).toMatchObject({
      name: 'staging',
      state: 'broken',
      stack: 'slipway-staging',
    });
  });

  it('is nothing before that', () => {
    const build: DeploymentEventBody = { type: 'step-started', step: 'build', attempt: 1 };

    expect(clusterAfter(deploymentAfter(...approvedStaging, build, cancelled))).toBeUndefined();
  });

  it('is what was known before a tear-down began', () => {
    expect(clusterAfter(deploymentAfter(down, cancelled))).toBeUndefined();
  });
});

describe('what a change leaves of its cluster', () => {
  const known: Cluster = {
    name: 'staging',
    state: 'up',
    deployment: 'staging-0',
    channel: 'C0DEPLOYS',
    requestedBy: 'U0DEVELOPER',
    version: 'v1.34.2',
    stack: 'slipway-staging',
    apiUrl: 'https://203.0.113.10:6443',
    nodes: ['staging-node-0'],
    since: 500,
    seenAt: 700,
    expiresAt: 900,
  };
  const [, ...approval] = approvedStaging;
  const approved = [{ ...requestedStaging, action: 'scale', before: known } as DeploymentEventBody, ...approval];
  const failure = { message: 'No', code: 'no' };
  const nodes = ['staging-node-0', 'staging-node-1'];
  const resized: DeploymentEventBody[] = [
    { type: 'step-started', step: 'resize', attempt: 1 },
    { type: 'step-finished', step: 'resize', attempt: 1, result: { nodes, added: ['staging-node-1'], removed: [] } },
  ];

  it('is the same cluster, by the deployment that made it, with other nodes', () => {
    const done = deploymentAfter(...approved, ...resized, { type: 'succeeded' });

    expect(clusterAfter(done, known)).toEqual({ ...known, nodes, seenAt: done.finishedAt });
  });

  it('has the end that it has by now, and not the one that it had when the change was asked for', () => {
    const done = deploymentAfter(...approved, ...resized, { type: 'succeeded' });

    expect(clusterAfter(done, { ...known, expiresAt: 5_000 })).toMatchObject({ expiresAt: 5_000, nodes });
  });

  it('is a cluster that runs, of which something is unfinished and Heat is to be looked at', () => {
    const started: DeploymentEventBody = { type: 'step-started', step: 'resize', attempt: 1 };
    const { seenAt: _, ...rest } = known;

    const failed = clusterAfter(deploymentAfter(...approved, started, { type: 'failed', failure }), known);
    const stopped = clusterAfter(deploymentAfter(...approved, started, cancelled), known);

    expect([failed, stopped]).toEqual([
      { ...rest, unfinished: 'scale' },
      { ...rest, unfinished: 'scale' },
    ]);
  });

  it('is whole again once what was unfinished is done', () => {
    const done = deploymentAfter(...approved, ...resized, { type: 'succeeded' });

    expect(clusterAfter(done, { ...known, unfinished: 'scale' })).not.toHaveProperty('unfinished');
  });

  it.each([
    ['was never approved', deploymentAfter(approved[0] as DeploymentEventBody, cancelled), known],
    [
      'is of a cluster that was replaced',
      deploymentAfter(...approved, cancelled),
      { ...known, deployment: 'staging-9' },
    ],
  ])('is nothing where it %s', (_, deployment, there) => {
    expect(clusterAfter(deployment, there)).toBeUndefined();
  });
});
