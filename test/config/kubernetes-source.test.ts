import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { parseClustersFile } from '../../src/config/clusters-file.ts';
import { parseSize } from '../../src/config/size.ts';

const digest = 'a'.repeat(128);

function written(kubernetes: string, more = ''): string {
  return `
policy: {request: [S0DEVELOPERS], approve: {from: [S0PLATFORM]}}
clusters:
  staging:
    channel: C0DEPLOYS
    kubernetes: ${kubernetes}
    ${more}
    image: {name: debian-12}
    keypair: {name: ops}
    controlPlane: {flavor: m1.medium}
    nodes: {count: 1, flavor: m1.small}
    network: {external: gateway, dns: [10.0.0.10]}
`;
}

function specOf(kubernetes: string, more?: string): ClusterSpec {
  const problems: string[] = [];
  const spec = parseClustersFile(written(kubernetes, more), '/etc/slipway/clusters.yaml', problems)?.clusters.get(
    'staging',
  );
  if (spec === undefined) throw new Error(problems.join('\n'));
  return spec;
}

function problemsOf(kubernetes: string, more?: string): string[] {
  const problems: string[] = [];
  parseClustersFile(written(kubernetes, more), '/etc/slipway/clusters.yaml', problems);
  return problems;
}

describe('where a cluster’s Kubernetes comes from', () => {
  it('is a build for linux/amd64, unless something else is written', () => {
    expect(specOf('{version: v1.34.2}').kubernetes).toEqual({
      source: 'build',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      repository: 'https://github.com/kubernetes/kubernetes.git',
      target: 'quick-release',
      variables: {},
      needs: { docker: true, diskBytes: 20e9, memoryBytes: 8e9 },
      withinMs: 6 * 3_600_000,
      silenceMs: 3_600_000,
    });
  });

  it('takes what a build needs and how long it may take', () => {
    const { kubernetes } = specOf(
      '{version: pr/123, platform: linux/arm64, needs: {memory: 4 GiB}, within: 2h, silence: 10m}',
    );

    expect(kubernetes).toMatchObject({
      version: 'pr/123',
      platform: 'linux/arm64',
      needs: { docker: true, diskBytes: 20e9, memoryBytes: 4 * 1024 ** 3 },
      withinMs: 7_200_000,
      silenceMs: 600_000,
    });
  });

  it('takes an official release, with a mirror and a digest of one’s own', () => {
    expect(specOf('{version: v1.34.2, source: release}').kubernetes).toEqual({
      source: 'release',
      version: 'v1.34.2',
      platform: 'linux/amd64',
      mirror: 'https://dl.k8s.io',
    });
    expect(
      specOf(`{version: v1.35.0-rc.1, source: release, mirror: http://mirror.internal/k8s, sha512: ${digest}}`)
        .kubernetes,
    ).toMatchObject({ mirror: 'http://mirror.internal/k8s', sha512: digest });
  });

  it.each([
    ['an option in the place of a version', '{version: --upload-pack=x}', 'version'],
    ['a command in a version', '{version: "v1;rm -rf /"}', 'version'],
    ['a way out of a folder in a version', '{version: v1/../../etc}', 'version'],
    ['a branch as an official release', '{version: master, source: release}', 'published version such as v1.34.2'],
    ['an unknown source', '{version: v1.34.2, source: magic}', 'expected build or release'],
    ['an unknown platform', '{version: v1.34.2, platform: windows/amd64}', 'linux/amd64'],
    [
      'a repository on an official release',
      '{version: v1.34.2, source: release, repository: /k}',
      'no key "repository" with source: release',
    ],
    ['an address that runs a command', '{version: v1.34.2, repository: "ext::sh -c id"}', 'repository'],
    ['a size without a unit', '{version: v1.34.2, needs: {disk: "20"}}', 'a size such as 20GB'],
    ['a shell for make', '{version: v1.34.2, variables: {SHELL: /bin/evil}}', 'SHELL'],
    ['the platform as a variable', '{version: v1.34.2, variables: {KUBE_BUILD_PLATFORMS: x}}', 'platform'],
    ['an http mirror without a digest', '{version: v1.34.2, source: release, mirror: "http://m/"}', 'sha512'],
    ['a target with a blank', '{version: v1.34.2, target: "a b"}', 'make target'],
  ])('does not take %s', (_what, kubernetes, expected) => {
    expect(problemsOf(kubernetes).join('\n')).toContain(expected);
  });
});

describe('what servers fetch beside Kubernetes', () => {
  it('is nothing unless it is written', () => {
    expect(specOf('{version: v1.34.2}').firstBoot).toEqual({ files: [] });
  });

  it('comes from addresses, or from files beside clusters.yaml', () => {
    const more = `firstBoot: {salt: {url: "https://example.org/salt.tar.xz", sha512: ${digest}}, files: [{name: cni.tgz, file: ./cni.tgz, sha512: ${digest}}]}`;

    expect(specOf('{version: v1.34.2}', more).firstBoot).toEqual({
      salt: { url: 'https://example.org/salt.tar.xz', sha512: digest },
      files: [{ name: 'cni.tgz', file: '/etc/slipway/cni.tgz', sha512: digest }],
    });
  });

  it.each([
    ['a file without a digest', 'firstBoot: {files: [{name: a, file: ./a}]}', 'sha512: is missing'],
    [
      'two places for one file',
      `firstBoot: {salt: {url: "https://e.org/s", file: ./s, sha512: ${digest}}}`,
      'either a url or a file',
    ],
    [
      'a name that leads elsewhere',
      `firstBoot: {files: [{name: ../a, file: ./a, sha512: ${digest}}]}`,
      'plain file name',
    ],
    [
      'a name of Slipway’s own',
      `firstBoot: {files: [{name: kubernetes-salt.tar.gz, file: ./a, sha512: ${digest}}]}`,
      'is taken',
    ],
    [
      'a token in an address',
      `firstBoot: {salt: {url: "https://token@e.org/s", sha512: ${digest}}}`,
      'no user and no password',
    ],
  ])('is not %s', (_what, more, expected) => {
    expect(problemsOf('{version: v1.34.2}', more).join('\n')).toContain(expected);
  });
});

describe('sizes', () => {
  it.each([
    ['20GB', 20e9],
    ['20 GB', 20e9],
    ['512MiB', 512 * 1024 ** 2],
    ['1.5 TB', 1.5e12],
    ['20', undefined],
    ['GB', undefined],
    ['-1GB', undefined],
  ])('%j is %s bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});
