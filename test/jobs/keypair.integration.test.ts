import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keypair } from '../../jobs/keypair.ts';
import type { Run } from '../../jobs/run.ts';
import { OpenStackError } from '../../src/errors.ts';
import { silentLogger } from '../../src/log.ts';
import { readCloud } from '../../src/openstack/clouds.ts';
import { createKeypair, listKeypairs } from '../../src/openstack/nova/keypairs.ts';
import { novaHeaders } from '../../src/openstack/nova/microversion.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import type { CallOptions, ServiceClient } from '../../src/openstack/service-client.ts';
import { type PlaygroundCloud, startCloud } from '../../src/playground/cloud/cloud.ts';
import { newPublicKey, newSecurityKey } from '../contracts/public-key.ts';
import { deploymentAfter, requestedStaging } from '../support/fixtures.ts';

describe('the keypair of a cluster', () => {
  const log = silentLogger();
  const publicKey = newPublicKey();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;
  let operator: OpenStack;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
    operator = connect(readCloud('playground-admin', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
  });
  afterAll(async () => {
    await openstack.close();
    await operator.close();
    await cloud.close();
  });

  function make(wanted: { name: string; publicKey?: string }, nova = openstack.nova) {
    const deployment = deploymentAfter(requestedStaging);
    return keypair({
      deployment: { ...deployment, spec: { ...deployment.spec, keypair: wanted } },
      openstack: { ...openstack, nova },
      step: { checkpoint: async () => undefined },
      signal: new AbortController().signal,
    } as unknown as Run);
  }

  it('is imported, and found by the next deployment', async () => {
    const first = await make({ name: 'twice', publicKey });
    const second = await make({ name: 'twice', publicKey: `  ${publicKey} of somebody else\n` });

    expect(first).toEqual({ name: 'twice', imported: true });
    expect(second).toEqual({ name: 'twice', imported: false });
  });

  it('is taken as it is when the configuration gives no key', async () => {
    await createKeypair(openstack.nova, { name: 'given', publicKey });

    expect(await make({ name: 'given' })).toEqual({ name: 'given', imported: false });
  });

  it('is the same key although Nova misread the line that it came on', async () => {
    const { keypair: misread } = await openstack.nova.post<{ keypair: { fingerprint: string } }>(['os-keypairs'], {
      doing: 'Importing a keypair',
      ok: [201],
      headers: novaHeaders,
      body: { keypair: { name: 'misread', type: 'ssh', public_key: publicKey.replace(' ', '  ') } },
    });

    const found = await make({ name: 'misread', publicKey });

    expect(misread.fingerprint).toBe('d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e'); // the MD5 of nothing
    expect(found).toEqual({ name: 'misread', imported: false });
  });

  it.each(['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256'] as const)(
    'is not another key of the same name, of which the type is %s',
    async (type) => {
      const name = `taken by ${type}`;
      await createKeypair(openstack.nova, { name, publicKey: newPublicKey(type) });

      const refused = make({ name, publicKey });

      await expect(refused).rejects.toMatchObject({ code: 'name_taken', retryable: false });
      await expect(refused).rejects.toThrow(
        /^Nova has a keypair taken by \S+ with another key: ([0-9a-f]{2}:){15}[0-9a-f]{2}, not ([0-9a-f]{2}:){15}/,
      );
    },
  );

  it('is missed when it is not in Nova and the configuration gives no key', async () => {
    await expect(make({ name: 'absent' })).rejects.toMatchObject({
      message: 'There is no keypair absent in Nova',
      hint: expect.stringContaining('publicKey'),
    });
  });

  it('is no text that only looks like a key', async () => {
    const refused = make({ name: 'no-key', publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5' });

    await expect(refused).rejects.toMatchObject({ code: 'config' });
  });

  it.each([
    ['a key of a type that Nova does not know', 'security-key', newSecurityKey(), /ed25519, ECDSA or RSA/],
    ['a name that Nova does not take', 'me@home', newPublicKey(), /letters, digits/],
  ])('is refused with what to do about %s', async (_case, name, key, hint) => {
    const refused = make({ name, publicKey: key });

    await expect(refused).rejects.toMatchObject({ code: 'keypair_refused', hint: expect.stringMatching(hint) });
    await expect(refused).rejects.toThrow(`Importing the keypair ${name}: `);
  });

  it('is refused with what to do when the user has as many as may be', async () => {
    const { length: before } = await listKeypairs(openstack.nova);
    await allow(before + 1);
    await make({ name: 'last', publicKey });

    const refused = make({ name: 'one too many', publicKey });

    await expect(refused).rejects.toMatchObject({
      code: 'keypair_refused',
      retryable: false,
      hint: expect.stringMatching(/^Remove a keypair of this user/),
    });
    await expect(refused).rejects.toThrow('Importing the keypair one too many: Quota exceeded, too many key pairs.');
    expect(await listKeypairs(openstack.nova)).toHaveLength(before + 1);
    await allow(200);
  });

  it('is there although the answer got lost', async () => {
    const nova = cutOff(openstack.nova, async (options) => {
      await openstack.nova.call('POST', ['os-keypairs'], options);
    });

    expect(await make({ name: 'lost', publicKey }, nova)).toEqual({ name: 'lost', imported: true });
  });

  it('is asked for again later when the request itself got lost', async () => {
    const nova = cutOff(openstack.nova, () => Promise.resolve());

    await expect(make({ name: 'never sent', publicKey }, nova)).rejects.toMatchObject({
      code: 'openstack',
      retryable: true,
    });
  });

  it('may be imported by another deployment at the same moment, if it is the same key', async () => {
    const sameKey = cutOff(openstack.nova, () => importedByAnother('race', publicKey));
    const otherKey = cutOff(openstack.nova, () => importedByAnother('lost race', newPublicKey()));

    expect(await make({ name: 'race', publicKey }, sameKey)).toEqual({ name: 'race', imported: false });
    await expect(make({ name: 'lost race', publicKey }, otherKey)).rejects.toMatchObject({ code: 'name_taken' });
  });

  async function importedByAnother(name: string, key: string): Promise<never> {
    await createKeypair(openstack.nova, { name, publicKey: key });
    await createKeypair(openstack.nova, { name, publicKey: key });
    throw new TypeError('Nova took the same name twice');
  }

  /** Sets how many keypairs the user may have. */
  async function allow(count: number): Promise<void> {
    await operator.nova.put(['os-quota-sets', await openstack.projectId()], {
      doing: 'Setting a quota',
      ok: [200],
      headers: novaHeaders,
      body: { quota_set: { key_pairs: count } },
    });
  }
});

/** A Nova whose answers to POST do not arrive, after what `happens` to the request. */
function cutOff(nova: ServiceClient, happens: (options: CallOptions) => Promise<void>): ServiceClient {
  async function post(path: readonly string[], options: CallOptions): Promise<never> {
    await happens(options);
    throw new OpenStackError(`${options.doing}: the connection to Nova was lost`, {
      service: 'Nova',
      method: 'POST',
      path: `/${path.join('/')}`,
    });
  }
  return { call: nova.call.bind(nova), post } as unknown as ServiceClient;
}
