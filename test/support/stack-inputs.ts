import type { SignedObject, StackInputs } from '../../src/clusters/stack.ts';

/** One object of a release, as a server is told of it. */
export function signedObject(changes: Partial<SignedObject> = {}): SignedObject {
  const { name = 'kubernetes-server-linux-amd64.tar.gz' } = changes;
  return {
    kind: 'kubernetes',
    name,
    url: `https://swift.example.org/v1/AUTH_1/slipway/${name}?temp_url_sig=secret&temp_url_expires=1`,
    size: 1,
    sha256: '0'.repeat(64),
    ...changes,
  };
}

/** What the steps before `stack` leave for it, for tests that do not care. */
export const someStackInputs: StackInputs = {
  image: 'image-id',
  keypair: 'ops',
  version: 'v1.34.2',
  release: 'v1.34.2-0123456789ab',
  objects: [signedObject(), signedObject({ kind: 'states', name: 'kubernetes-salt.tar.gz' })],
};
