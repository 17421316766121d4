import { describe, expect, it } from 'vitest';
import { isKubeletOf, upgradeProblem } from '../../src/clusters/upgrade-path.ts';

describe('an upgrade of Kubernetes', () => {
  it.each([
    ['v1.34.2', 'v1.34.3'],
    ['v1.34.2', 'v1.35.0'],
    ['v1.34.9', 'v1.34.10'],
    ['v1.35.0-rc.1', 'v1.35.0'],
    ['v1.35.0-alpha.2', 'v1.35.0-alpha.10'],
    ['v1.35.0-alpha.2', 'v1.35.0-beta.0'],
    ['v1.34.2', 'v1.34.2-4-g0123456789abcd'],
    ['v1.34.2-4-g0123456789abcd', 'v1.34.3'],
  ])('goes from %s to %s', (from, to) => {
    expect(upgradeProblem(from, to)).toBeUndefined();
  });

  it.each([
    ['v1.34.2', 'v1.34.2', 'The cluster has v1.34.2 already'],
    ['v1.34.2', 'v1.34.1', 'v1.34.1 is older than v1.34.2, and Kubernetes cannot go back'],
    ['v1.34.10', 'v1.34.9', 'v1.34.9 is older than v1.34.10'],
    ['v1.35.0', 'v1.35.0-rc.1', 'v1.35.0-rc.1 is older than v1.35.0'],
    ['v1.34.2-4-g0123456789abcd', 'v1.34.2', 'v1.34.2 is older than'],
    ['v1.34.2', 'v1.36.0', 'v1.36.0 is 2 minor versions ahead, and kubeadm takes one minor version at a time'],
    ['v1.34.2', 'v2.0.0', 'v2.0.0 is a major version ahead'],
    ['0123456789abcdef', 'v1.35.0', 'does not say which one it is'],
    ['v1.34.2', 'master', 'master is no version of Kubernetes'],
    ['v1.34.2', 'v1.35', 'v1.35 is no version of Kubernetes'],
  ])('does not go from %s to %s', (from, to, text) => {
    expect(upgradeProblem(from, to)?.text).toContain(text);
  });

  it('says which version comes before the one that is too far', () => {
    expect(upgradeProblem('v1.34.2', 'v1.37.0')?.hint).toBe('Upgrade to a v1.35 first');
  });

  it.each([
    ['v1.35.1', 'v1.35.1', true],
    ['v1.34.2', 'v1.35.1', false],
    ['v1.36.0-alpha.1.20+0123456789abcd', 'v1.36.0-alpha.1-20-g0123456789abcd', true],
    ['v1.35.1-3+0123456789abcd', 'v1.35.1-3-g0123456789abcd', true],
    ['', 'v1.35.1', false],
  ])('is done when the kubelet says %j for %s: %s', (kubelet, version, expected) => {
    expect(isKubeletOf(kubelet, version)).toBe(expected);
  });
});
