import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesSpec } from '../../src/clusters/cluster-spec.ts';
import { stagingSpec } from '../support/fixtures.ts';
import { developer, type Harness, startHarness, textOf, visitor } from './support/harness.ts';

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('upgrading over $mode', ({ mode }) => {
  let slack: Harness;

  beforeEach(async () => {
    slack = await startHarness({ mode });
  });
  afterEach(() => slack.close());

  it('asks for a plan and an approval, with what is known of the cluster', async () => {
    const maker = await slack.comeUp();

    const answer = await slack.command(developer, '/k8s upgrade staging v1.35.1');

    const [deployment] = await slack.deployments.active();
    expect(textOf(answer)).toContain('Planning upgrading *staging*');
    expect(deployment).toMatchObject({
      action: 'upgrade',
      terms: { count: 1 },
      spec: { kubernetes: { source: 'build', version: 'v1.35.1' }, nodes: { count: 1 } },
      before: { deployment: maker, version: 'v1.34.2' },
    });
    expect(await slack.jobs()).toEqual([`plan ${deployment?.id}`]);
  });

  it.each([
    ['/k8s upgrade staging v1.34.2', 'The cluster has v1.34.2 already'],
    ['/k8s upgrade staging v1.34.1', 'v1.34.1 is older than v1.34.2, and Kubernetes cannot go back'],
    ['/k8s upgrade staging v1.36.0', 'kubeadm takes one minor version at a time'],
    ['/k8s upgrade staging 1.35.1', '1.35.1 is no version of Kubernetes. Did you mean v1.35.1?'],
    ['/k8s upgrade staging master', 'master is no version of Kubernetes'],
    ['/k8s upgrade staging', '/k8s upgrade needs VERSION after staging'],
    ['/k8s upgrade sandbox v1.35.1', '*sandbox* is not there, so there is nothing to upgrade'],
  ])('refuses %s with a sentence', async (command, expected) => {
    await slack.comeUp();

    expect(textOf(await slack.command(developer, command))).toContain(expected);
    expect(await slack.deployments.active()).toEqual([]);
  });

  it('takes what servers fetch as clusters.yaml says today, and no digest of another version', async () => {
    await slack.comeUp();
    const kubernetes: KubernetesSpec = {
      source: 'release',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      mirror: 'https://mirror.example.org',
      sha512: '0'.repeat(128),
    };
    const files = [{ name: 'runc', url: 'https://mirror.example.org/runc', sha512: '1'.repeat(128) }];
    slack.clusters.set('staging', { ...stagingSpec, kubernetes, firstBoot: { files } });

    await slack.command(developer, '/k8s upgrade staging v1.35.1');

    const [deployment] = await slack.deployments.active();
    const { sha512: _, ...rest } = kubernetes;
    expect(deployment?.spec.kubernetes).toEqual({ ...rest, version: 'v1.35.1' });
    expect(deployment?.spec.firstBoot).toEqual({ files });
  });

  it('takes another version than clusters.yaml names from whom the policy names alone', async () => {
    await slack.close();
    slack = await startHarness({ mode, policy: { change: { version: ['S0PLATFORM'] } } });
    await slack.comeUp();

    const refused = await slack.command(developer, '/k8s upgrade staging v1.35.1');
    slack.clusters.set('staging', { ...stagingSpec, kubernetes: { ...stagingSpec.kubernetes, version: 'v1.35.0' } });
    await slack.command(developer, '/k8s upgrade staging v1.35.0');

    expect(textOf(refused)).toContain('You may not change the version of staging.\\n→ <!subteam^S0PLATFORM> may');
    expect(await slack.deployments.active()).toMatchObject([{ spec: { kubernetes: { version: 'v1.35.0' } } }]);
  });

  it('is refused to who may not ask for clusters', async () => {
    await slack.comeUp();

    const answer = await slack.command(visitor, '/k8s upgrade staging v1.35.1');

    expect(textOf(answer)).toContain('You may not upgrade staging');
  });
});
