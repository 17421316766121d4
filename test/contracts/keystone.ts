import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import type { Credentials, PasswordCredentials } from '../../src/openstack/cloud-config.ts';
import { createStack, findStack } from '../../src/openstack/heat/stacks.ts';
import {
  type CreateApplicationCredentialOptions,
  createApplicationCredential,
  deleteApplicationCredential,
  findApplicationCredential,
  listApplicationCredentials,
} from '../../src/openstack/keystone/application-credentials.ts';
import { trustRefusal } from '../../src/openstack/keystone/trusts.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { Secret } from '../../src/secret.ts';
import { type ConnectTo, connection, uniqueName } from './support.ts';

/** What Slipway relies on in Keystone. */
export function keystoneContract(connectTo: ConnectTo, connectAsOperator: ConnectTo): void {
  describe('Keystone', () => {
    const cloud = connection(connectTo);
    const operator = connection(connectAsOperator);
    const opened: OpenStack[] = [];
    afterAll(() => Promise.all(opened.map((openstack) => openstack.close())));

    /** The same cloud with other credentials. */
    function connectWith(credentials: Credentials): OpenStack {
      const openstack = connect({ ...cloud().cloud, credentials }, { log: silentLogger() });
      opened.push(openstack);
      return openstack;
    }

    async function credential(options: Partial<CreateApplicationCredentialOptions> = {}) {
      const { keystone } = cloud();
      const made = await createApplicationCredential(keystone, { name: uniqueName('credential'), ...options });
      return { ...made, remove: () => deleteApplicationCredential(keystone, made.id) };
    }

    it('gives a token for the project, with the roles in it', async () => {
      const authentication = await cloud().keystone.authentication();

      expect(authentication.projectId).toMatch(/^[0-9a-f]{32}$/);
      expect(authentication.userId).toMatch(/^[0-9a-f]+$/);
      expect(authentication.roles).toContain('member');
      expect(authentication.lifetimeMs).toBeGreaterThan(0);
    });

    it('lists every service that Slipway needs, with the version that it speaks', async () => {
      const { keystone, swift, glance, nova, neutron, heat } = cloud();

      const endpoints = await Promise.all([keystone, swift, glance, nova, neutron, heat].map((c) => c.endpoint()));

      expect(endpoints.map((endpoint) => new URL(endpoint).pathname)).toEqual([
        expect.stringMatching(/\/v3$/),
        expect.stringMatching(/\/v1\/AUTH_[0-9a-f]{32}$/),
        expect.stringMatching(/\/v2$/),
        expect.stringMatching(/\/v2\.1(\/[0-9a-f]{32})?$/),
        expect.stringMatching(/\/v2\.0$/),
        expect.stringMatching(/\/v1\/[0-9a-f]{32}$/),
      ]);
    });

    it.each<[string, Partial<PasswordCredentials>]>([
      ['a wrong password', { password: new Secret('not the password') }],
      ['an unknown project', { project: { name: 'no-such-project', domain: { id: 'default' } } }],
      ['an unknown domain', { user: { name: 'demo', domain: { name: 'NoSuchDomain' } } }],
    ])('turns %s away with 401, and does not say what was wrong', async (_case, change) => {
      const stranger = connectWith({ ...passwordOf(cloud()), ...change });

      const refused = stranger.projectId();

      await expect(refused).rejects.toMatchObject({ code: 'openstack', service: 'Keystone', status: 401 });
    });

    it('takes a project by its id', async () => {
      const { projectId, userId } = await cloud().keystone.authentication();
      const sameByIds = connectWith({ ...passwordOf(cloud()), project: { id: projectId }, user: { id: userId } });

      const found = await sameByIds.projectId();

      expect(found).toBe(projectId);
    });

    it('refuses a revoked token, after which the next call logs in again', async () => {
      const { keystone } = cloud();
      const { token } = await keystone.authentication();
      await keystone.delete(['auth', 'tokens'], {
        doing: 'Revoking the token',
        ok: [204],
        headers: { 'x-subject-token': token.reveal() },
      });

      const { catalog } = await keystone.get<{ catalog: unknown[] }>(['auth', 'catalog'], {
        doing: 'Reading the catalog',
        ok: [200],
      });

      expect(catalog).not.toEqual([]);
      expect((await keystone.authentication()).token.reveal()).not.toBe(token.reveal());
    });

    it('takes a user of one domain into a project of another', async () => {
      const { userId } = await cloud().keystone.authentication();
      const { keystone } = operator();
      const projectId = await operator().projectId();
      const { roles } = await keystone.get<{ roles: { id: string }[] }>(['roles'], {
        doing: 'Looking for the role',
        ok: [200],
        query: { name: 'member' },
      });
      const grant = ['projects', projectId, 'users', userId, 'roles', roles[0]?.id ?? ''];
      await keystone.call('PUT', grant, { doing: 'Granting the role', ok: [204] });

      const guest = connectWith({
        ...passwordOf(cloud()),
        project: { name: 'admin', domain: { name: 'Default' } },
      });
      const authentication = await guest.keystone.authentication();

      expect(authentication).toMatchObject({ projectId, roles: expect.arrayContaining(['member']) });
      await keystone.delete(grant, { doing: 'Taking the role back', ok: [204] });
    });

    it('makes an application credential, which logs in by its id or by its name and user', async () => {
      const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 600_000);
      const made = await credential({ description: 'from a test', roles: ['member'], expiresAt });
      const { projectId, userId } = await cloud().keystone.authentication();

      const byId = connectWith({ kind: 'application-credential', credential: { id: made.id }, secret: made.secret });
      const byName = connectWith({
        kind: 'application-credential',
        credential: { name: made.name, user: passwordOf(cloud()).user },
        secret: made.secret,
      });

      for (const openstack of [byId, byName]) {
        expect(await openstack.keystone.authentication()).toMatchObject({
          projectId,
          userId,
          roles: expect.arrayContaining(['member']),
        });
        await openstack.heat.get(['stacks'], { doing: 'Listing the stacks', ok: [200] });
      }
      const { secret: _secret, remove, ...described } = made;
      expect(described).toMatchObject({ description: 'from a test', projectId, unrestricted: false, expiresAt });
      expect(await findApplicationCredential(cloud().keystone, made.name)).toEqual(described);
      await remove();
    });

    it('has one application credential of a name, and lists the secret of none', async () => {
      const made = await credential();

      const again = createApplicationCredential(cloud().keystone, { name: made.name });

      await expect(again).rejects.toMatchObject({ status: 409 });
      const listed = await listApplicationCredentials(cloud().keystone);
      expect(listed).toContainEqual(expect.objectContaining({ id: made.id, name: made.name }));
      expect(JSON.stringify(listed)).not.toContain(made.secret.reveal());
      await made.remove();
    });

    it('forgets a deleted application credential, and has nothing against deleting it again', async () => {
      const made = await credential();
      await made.remove();

      await made.remove();

      expect(await findApplicationCredential(cloud().keystone, made.name)).toBeUndefined();
      const gone = connectWith({ kind: 'application-credential', credential: { id: made.id }, secret: made.secret });
      await expect(gone.projectId()).rejects.toMatchObject({
        status: 404,
        hint: expect.stringMatching(/may have expired or been deleted/),
        retryable: false,
      });
    });

    it('turns a wrong secret away with 401', async () => {
      const made = await credential();
      const secret = new Secret('not the secret');

      const wrong = connectWith({ kind: 'application-credential', credential: { id: made.id }, secret });

      await expect(wrong.projectId()).rejects.toMatchObject({
        status: 401,
        hint: expect.stringMatching(/Check the id and the secret/),
      });
      await made.remove();
    });

    it('lets a restricted application credential make no other one, and an unrestricted one do so', async () => {
      const restricted = await credential();
      const free = await credential({ unrestricted: true });
      const [bound, unbound] = [restricted, free].map(({ id, secret }) =>
        connectWith({ kind: 'application-credential', credential: { id }, secret }),
      );

      const refused = createApplicationCredential((bound ?? cloud()).keystone, { name: uniqueName('another') });

      await expect(refused).rejects.toMatchObject({ status: 403, hint: expect.stringMatching(/unrestricted/) });
      const another = await createApplicationCredential((unbound ?? cloud()).keystone, { name: uniqueName('another') });
      await deleteApplicationCredential(cloud().keystone, another.id);
      await Promise.all([restricted.remove(), free.remove()]);
    });

    it('refuses trusts to an application credential, which a stack needs, and the error says so', async () => {
      const made = await credential();
      const name = uniqueName('untrusted');
      const { heat, keystone } = connectWith({
        kind: 'application-credential',
        credential: { id: made.id },
        secret: made.secret,
      });
      const template = { heat_template_version: '2018-08-31', resources: {} };

      const refused = createStack(heat, { name, template, parameters: {} });

      await expect(refused).rejects.toMatchObject({
        message: expect.stringMatching(
          new RegExp(`^Creating the Heat stack ${name}: Heat needs a trust, and Keystone refuses it .*trusts`),
        ),
        hint: expect.stringMatching(/a user name and a password instead of an application credential/),
        requestId: expect.stringMatching(/^req-/),
        retryable: false,
      });
      expect(await trustRefusal(keystone)).toMatch(/trusts/);
      expect(await trustRefusal(cloud().keystone)).toBeUndefined();
      expect(await findStack(cloud().heat, name)).toBeUndefined();
      await made.remove();
    });

    it('makes a token of a token, which ends with it', async () => {
      const { token, projectId, lifetimeMs } = await cloud().keystone.authentication();

      const second = connectWith({ kind: 'token', token, project: { id: projectId } });

      const authentication = await second.keystone.authentication();
      expect(authentication.projectId).toBe(projectId);
      expect(authentication.lifetimeMs).toBeLessThanOrEqual(lifetimeMs);
      expect(authentication.token.reveal()).not.toBe(token.reveal());
    });

    it('does not know a token that it never gave, and the error says what to do', async () => {
      const { projectId } = await cloud().keystone.authentication();

      const dead = connectWith({
        kind: 'token',
        token: new Secret(`gAAAAA${randomUUID()}`),
        project: { id: projectId },
      });

      await expect(dead.projectId()).rejects.toMatchObject({
        message: expect.stringMatching(
          /^Logging in to OpenStack: the token of the cloud .* has ended or was never good/,
        ),
        hint: expect.stringMatching(/^A token cannot be renewed/),
        retryable: false,
      });
    });
  });
}

/** The contract's own clouds have passwords. */
function passwordOf({ cloud }: OpenStack): PasswordCredentials {
  if (cloud.credentials.kind !== 'password') throw new Error(`The cloud ${cloud.name} has no password`);
  return cloud.credentials;
}
