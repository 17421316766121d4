import { describe, expect, it } from 'vitest';
import {
  bootLogObject,
  credentialName,
  deploymentId,
  instructionObject,
  isCredentialOf,
  isDeploymentOf,
  outcomeObject,
} from '../../src/clusters/names.ts';

describe('a name', () => {
  it.each([
    ['staging-m1abc0', 'staging', true],
    [deploymentId('staging', 1_700_000_000_000, 0.5), 'staging', true],
    [deploymentId('staging-eu', 1_700_000_000_000, 0.5), 'staging', false],
    ['staging', 'staging', false],
    ['staging-', 'staging', false],
    ['mystaging-m1abc0', 'staging', false],
  ])('%s is that of a deployment of %s: %s', (id, cluster, is) => {
    expect(isDeploymentOf(id, cluster)).toBe(is);
    expect(isCredentialOf(credentialName(id), cluster)).toBe(is);
  });

  it('without our prefix is that of no application credential of ours', () => {
    expect(isCredentialOf('staging-m1abc0', 'staging')).toBe(false);
  });

  it.each([
    [instructionObject, 'staging-m1abc0/upgrades/staging-node-x.json'],
    [outcomeObject, 'staging-m1abc0/upgraded/staging-node-x.json'],
  ])('of what a server has for its upgrades lies below its deployment', (ofHost, object) => {
    expect(ofHost('staging-m1abc0', 'staging-node-x')).toBe(object);
  });

  it('of a log lies below its deployment', () => {
    expect(bootLogObject('staging-m1abc0', 'staging-node-x')).toBe('staging-m1abc0/logs/staging-node-x.log');
  });
});
