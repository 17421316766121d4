import { expect, it } from 'vitest';
import { type ReleaseObject, releaseId } from '../../src/clusters/release.ts';

const kubernetes: ReleaseObject = {
  kind: 'kubernetes',
  name: 'kubernetes-server-linux-amd64.tar.gz',
  object: 'artifacts/one/kubernetes-server-linux-amd64.tar.gz',
  size: 1,
  sha256: 'a'.repeat(64),
};
const states: ReleaseObject = { ...kubernetes, kind: 'states', name: 'kubernetes-salt.tar.gz', sha256: 'b'.repeat(64) };

it('is named after its version and its content, in whatever order', () => {
  const id = releaseId('v1.34.2', [kubernetes, states]);

  expect(id).toMatch(/^v1\.34\.2-[0-9a-f]{12}$/);
  expect(releaseId('v1.34.2', [states, kubernetes])).toBe(id);
});

it('is another one with other content, or with the same content in another artifact', () => {
  const id = releaseId('v1.34.2', [kubernetes]);

  expect(releaseId('v1.34.2', [{ ...kubernetes, sha256: 'c'.repeat(64) }])).not.toBe(id);
  expect(releaseId('v1.34.2', [{ ...kubernetes, object: kubernetes.object.replace('one', 'two') }])).not.toBe(id);
  expect(releaseId('v1.34.2', [kubernetes, states])).not.toBe(id);
});
