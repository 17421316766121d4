import { describe, expect, it } from 'vitest';
import { parseArtifactManifest, parseReleaseManifest } from '../../../jobs/release/manifests.ts';
import { type ArtifactManifest, type ArtifactRecipe, artifactId } from '../../../src/clusters/artifact.ts';
import { artifactFileObject } from '../../../src/clusters/names.ts';
import { type ReleaseManifest, type ReleaseObject, releaseId } from '../../../src/clusters/release.ts';

const recipe: ArtifactRecipe = {
  source: 'build',
  commit: '0123456789abcdef0123456789abcdef01234567',
  platform: 'linux/amd64',
  target: 'quick-release',
  variables: { DBG: '1' },
};
const id = artifactId(recipe);
const name = 'kubernetes-server-linux-amd64.tar.gz';
const file = fileOf(name, 'a'.repeat(64));
const artifact: ArtifactManifest = {
  ...{ id, recipe, version: 'v1.34.2-5-g0123456789abcd', madeAt: 1, usedAt: 2, deployment: 'staging-1' },
  stages: [{ stage: 'compile', ms: 3 }],
  files: [file],
};

/** A file where one of that name and digest has to be. */
function fileOf(known: string, sha256: string) {
  return { name: known, object: artifactFileObject(id, sha256, known), size: 5, sha256, md5: 'b'.repeat(32) };
}

describe('the manifest of an artifact', () => {
  it('is read as it was written', () => {
    const withLog = { ...artifact, log: 'logs/staging-1/build.log' };

    expect(parseArtifactManifest(JSON.stringify(artifact), id)).toEqual({ manifest: artifact });
    expect(parseArtifactManifest(JSON.stringify(withLog), id)).toEqual({ manifest: withLog });
  });

  it.each([
    ['is cut off', JSON.stringify(artifact).slice(0, -9)],
    ['is a list', '[]'],
    ['has no files', JSON.stringify({ ...artifact, files: [] })],
    ['has another recipe', JSON.stringify({ ...artifact, recipe: { ...recipe, variables: {} } })],
    ['has a file elsewhere', JSON.stringify({ ...artifact, files: [{ ...file, object: `artifacts/other/${name}` }] })],
    ['has a file with a path', JSON.stringify({ ...artifact, files: [file, fileOf('../evil', file.sha256)] })],
    ['has a file of another digest', JSON.stringify({ ...artifact, files: [{ ...file, sha256: 'c'.repeat(64) }] })],
    ['has a digest that is none', JSON.stringify({ ...artifact, files: [fileOf(name, 'A'.repeat(64))] })],
    ['has a size that is none', JSON.stringify({ ...artifact, files: [{ ...file, size: -1 }] })],
    ['has a version for a shell', JSON.stringify({ ...artifact, version: 'v1;rm -rf' })],
  ])('is none when it %s', (_how, text) => {
    expect(parseArtifactManifest(text, id)).toMatchObject({ problem: expect.any(String) });
  });

  it('is none of another artifact', () => {
    expect(parseArtifactManifest(JSON.stringify(artifact), 'other')).toEqual({
      problem: 'it is the manifest of another',
    });
  });
});

describe('the manifest of a release', () => {
  const object: ReleaseObject = { kind: 'kubernetes', name, object: file.object, size: 5, sha256: file.sha256 };
  const version = 'v1.34.2';
  const release: ReleaseManifest = {
    ...{ id: releaseId(version, [object]), version, artifact: id, usedAt: 2 },
    objects: [object],
  };

  it('is read as it was written', () => {
    expect(parseReleaseManifest(JSON.stringify(release), release.id)).toEqual({ manifest: release });
  });

  it('is none when its objects are not those that it is named after', () => {
    const other = { ...release, objects: [{ ...object, sha256: 'c'.repeat(64) }] };

    expect(parseReleaseManifest(JSON.stringify(other), release.id)).toMatchObject({ problem: expect.any(String) });
  });
});
