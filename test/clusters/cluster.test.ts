import { describe, expect, it } from 'vitest';
import { clusterAfter } from '../../src/clusters/cluster.ts';
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
