import { describe, expect, it } from 'vitest';
import { type ArtifactRecipe, artifactId, recipeOf, serverTarball } from '../../src/clusters/artifact.ts';
import type { ReleasedKubernetes } from '../../src/clusters/cluster-spec.ts';
import { stagingKubernetes } from '../support/fixtures.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const built: ArtifactRecipe = {
  source: 'build',
  commit,
  platform: 'linux/amd64',
  target: 'quick-release',
  variables: { KUBE_VERBOSE: '5', DBG: '1' },
};
const released: ReleasedKubernetes = {
  source: 'release',
  version: 'v1.34.2',
  platform: 'linux/arm64',
  mirror: 'https://dl.k8s.io',
};

describe('the name of an artifact', () => {
  it('begins with what people know it by', () => {
    expect(artifactId(built)).toMatch(/^0123456789ab-linux-amd64-[0-9a-f]{12}$/);
    expect(artifactId(released)).toMatch(/^v1\.34\.2-linux-arm64-[0-9a-f]{12}$/);
  });

  it('is the same for the same recipe, in whatever order it was written', () => {
    const { source, commit: same, platform, target } = built;
    const other = { variables: { DBG: '1', KUBE_VERBOSE: '5' }, target, platform, commit: same, source };

    expect(artifactId(other)).toBe(artifactId(built));
  });

  it.each([
    ['commit', { ...built, commit: commit.replace('7', '8') }],
    ['platform', { ...built, platform: 'linux/arm64' }],
    ['target', { ...built, target: 'quick-release-images' }],
    ['variables', { ...built, variables: { DBG: '1' } }],
    ['value of a variable', { ...built, variables: { ...built.variables, KUBE_VERBOSE: '4' } }],
  ] satisfies [string, ArtifactRecipe][])('differs with the %s', (_what, other) => {
    expect(artifactId(other)).not.toBe(artifactId(built));
  });
});

describe('what makes an artifact', () => {
  it('is the commit and the way in which it is built, not where it is built or how it is called', () => {
    const elsewhere = { ...stagingKubernetes, repository: '/srv/other', version: 'master', withinMs: 1 };

    expect(recipeOf(elsewhere, commit)).toEqual(recipeOf(stagingKubernetes, commit));
    expect(recipeOf(stagingKubernetes, commit)).toMatchObject({ source: 'build', commit, target: 'quick-release' });
  });

  it('is not known while the commit is not', () => {
    expect(recipeOf(stagingKubernetes, undefined)).toBeUndefined();
  });

  it('is the version and the mirror of an official release, and its digest when that is given', () => {
    expect(recipeOf(released, undefined)).toEqual(released);
    expect(recipeOf({ ...released, sha512: 'f'.repeat(128) }, undefined)).toEqual({
      ...released,
      sha512: 'f'.repeat(128),
    });
  });
});

it('names the tarball as Kubernetes does', () => {
  expect(serverTarball('linux/arm64')).toBe('kubernetes-server-linux-arm64.tar.gz');
});
