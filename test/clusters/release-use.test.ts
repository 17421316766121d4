import { describe, expect, it } from 'vitest';
import type { ArtifactManifest } from '../../src/clusters/artifact.ts';
import type { ReleaseManifest } from '../../src/clusters/release.ts';
import { storedReleases, unusedIn } from '../../src/clusters/release-use.ts';

const day = 24 * 3_600_000;
const now = 100 * day;
const keep = 30 * day;

function artifact(id: string, usedDaysAgo: number): ArtifactManifest {
  return {
    id,
    recipe: {
      source: 'build',
      commit: id.padEnd(40, '0'),
      platform: 'linux/amd64',
      target: 'quick-release',
      variables: {},
    },
    version: 'v1.34.2',
    madeAt: now - 90 * day,
    usedAt: now - usedDaysAgo * day,
    deployment: 'staging-1',
    stages: [],
    files: [{ name: 'a', object: `artifacts/${id}/a`, size: 7, sha256: '', md5: '' }],
  };
}

function release(id: string, of: string, usedDaysAgo: number): ReleaseManifest {
  return { id, version: 'v1.34.2', artifact: of, usedAt: now - usedDaysAgo * day, objects: [] };
}

describe('what nobody needs any more', () => {
  it('is what no cluster uses and nobody has chosen for the whole time', () => {
    const stock = { artifacts: [artifact('aa', 31)], releases: [release('r1', 'aa', 31)] };

    const unused = unusedIn(stock, [], keep, now);

    expect(unused.artifacts.map(({ id }) => id)).toEqual(['aa']);
    expect(unused.releases.map(({ id }) => id)).toEqual(['r1']);
  });

  it('does not hold what a cluster runs on, however old it is', () => {
    const stock = { artifacts: [artifact('aa', 90)], releases: [release('r1', 'aa', 90)] };

    const unused = unusedIn(stock, [{ name: 'staging', release: 'r1' }], keep, now);

    expect(unused).toEqual({ artifacts: [], releases: [] });
  });

  it('does not hold the artifact of a deployment that has no release yet', () => {
    const stock = { artifacts: [artifact('aa', 90)], releases: [] };

    expect(unusedIn(stock, [{ name: 'staging-2', artifact: 'aa' }], keep, now).artifacts).toEqual([]);
  });

  it('does not hold an artifact that a release consists of which stays', () => {
    const stock = {
      artifacts: [artifact('aa', 90)],
      releases: [release('old', 'aa', 90), release('young', 'aa', 2)],
    };

    const unused = unusedIn(stock, [], keep, now);

    expect(unused.artifacts).toEqual([]);
    expect(unused.releases.map(({ id }) => id)).toEqual(['old']);
  });
});

describe('the list of what is there', () => {
  it('names who uses it, once each', () => {
    const stock = { artifacts: [artifact('aa', 3)], releases: [release('r1', 'aa', 3)] };
    const users = [
      { name: 'staging', release: 'r1' },
      { name: 'demo-1', artifact: 'aa' },
      { name: 'staging', artifact: 'aa' },
    ];

    const [stored] = storedReleases(stock, users, keep);

    expect(stored).toMatchObject({ id: 'aa', bytes: 7, usedBy: ['demo-1', 'staging'] });
    expect(stored).not.toHaveProperty('goesAt');
  });

  it('says when the unused goes, counted from its last use by any release', () => {
    const stock = { artifacts: [artifact('aa', 20)], releases: [release('r1', 'aa', 5)] };

    const [stored] = storedReleases(stock, [], keep);

    expect(stored).toMatchObject({ usedAt: now - 5 * day, goesAt: now + 25 * day });
  });
});
