import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { override, type Wishes, wishProblems } from '../../src/slack/override.ts';
import { stagingSpec } from '../support/fixtures.ts';

const hourMs = 3_600_000;
const staging: ClusterSpec = { ...stagingSpec, lifetime: { defaultMs: 8 * hourMs, maxMs: 24 * hourMs } };
const released: ClusterSpec = {
  ...staging,
  kubernetes: { source: 'release', version: 'v1.34.2', platform: 'linux/amd64', mirror: 'https://dl.k8s.io' },
};
const pinned: ClusterSpec = {
  ...released,
  kubernetes: { ...released.kubernetes, sha512: 'ab'.repeat(64) } as ClusterSpec['kubernetes'],
};

describe('asking for a cluster otherwise than clusters.yaml has it', () => {
  it('leaves alone what nobody wants otherwise', () => {
    expect(override(staging, {})).toEqual(staging);
    expect(override(staging, { version: ' ', nodes: '', ttl: undefined })).toEqual(staging);
    expect(override(pinned, { version: 'v1.34.2' })).toEqual(pinned);
  });

  it.each<[string, ClusterSpec, Wishes, object]>([
    ['a branch to build', staging, { version: 'release-1.35' }, { kubernetes: { version: 'release-1.35' } }],
    ['a branch with capitals', staging, { version: 'Feature/New' }, { kubernetes: { version: 'Feature/New' } }],
    ['a published version', released, { version: 'v1.35.0-rc.1' }, { kubernetes: { version: 'v1.35.0-rc.1' } }],
    ['no node at all', staging, { nodes: '0' }, { nodes: { count: 0, max: 3 } }],
    ['as many nodes as there may be', staging, { nodes: '3' }, { nodes: { count: 3, max: 3 } }],
    ['another lifetime', staging, { ttl: '1H30M' }, { lifetime: { defaultMs: 1.5 * hourMs, maxMs: 24 * hourMs } }],
  ])('takes %s', (_, spec, wishes, expected) => {
    expect(override(spec, wishes)).toMatchObject(expected);
  });

  it.each<[string, ClusterSpec, Wishes, string]>([
    [
      'a name that git would take for an option',
      staging,
      { version: '--upload-pack=x' },
      'cannot be a version to build',
    ],
    ['a branch of an official release', released, { version: 'main' }, '"main" is no version that was published'],
    ['another version of a release that is pinned', pinned, { version: 'v1.35.0' }, 'pins the tarball of this release'],
    ['a node too many', staging, { nodes: '4' }, 'staging may have 0 to 3 nodes, and 4 was asked for'],
    ['fewer nodes than none', staging, { nodes: '-1' }, 'staging may have 0 to 3 nodes'],
    ['half a node', staging, { nodes: '1.5' }, 'staging may have 0 to 3 nodes'],
    ['words for a number', staging, { nodes: 'many' }, 'staging may have 0 to 3 nodes'],
    ['words for a time', staging, { ttl: 'soon' }, 'soon is no time that Slipway understands'],
    ['a lifetime that is too long', staging, { ttl: '25h' }, 'is too long'],
    ['an end of what is protected', { ...staging, protected: true }, { ttl: '1h' }, 'staging is protected'],
  ])('refuses %s, and says why', (_, spec, wishes, message) => {
    expect(() => override(spec, wishes)).toThrow(message);
  });

  it('tells all that is wrong, by what it is wrong with', () => {
    const problems = wishProblems(staging, { version: 'a b', nodes: '9', ttl: '2h' });

    expect(problems.map(([what]) => what)).toEqual(['version', 'nodes']);
  });
});
