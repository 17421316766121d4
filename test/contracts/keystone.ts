import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import type { CloudConfig } from '../../src/openstack/cloud-config.ts';
import { connect } from '../../src/openstack/openstack.ts';
import { Secret } from '../../src/openstack/secret.ts';
import { type ConnectTo, connection } from './support.ts';

/** What Slipway relies on in Keystone. */
export function keystoneContract(connectTo: ConnectTo): void {
  describe('Keystone', () => {
    const cloud = connection(connectTo);

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

    it.each<[string, (config: CloudConfig) => CloudConfig]>([
      ['a wrong password', (config) => ({ ...config, password: new Secret('not the password') })],
      [
        'an unknown project',
        (config) => ({ ...config, project: { name: 'no-such-project', domain: { id: 'default' } } }),
      ],
      ['an unknown domain', (config) => ({ ...config, user: { name: 'demo', domain: { name: 'NoSuchDomain' } } })],
    ])('turns %s away with 401, and does not say what was wrong', async (_case, change) => {
      const stranger = connect(change(cloud().cloud), { log: silentLogger() });

      const refused = stranger.projectId();

      await expect(refused).rejects.toMatchObject({ code: 'openstack', service: 'Keystone', status: 401 });
      await stranger.close();
    });

    it('takes a project by its id', async () => {
      const { projectId, userId } = await cloud().keystone.authentication();
      const config: CloudConfig = { ...cloud().cloud, project: { id: projectId }, user: { id: userId } };
      const sameByIds = connect(config, { log: silentLogger() });

      const found = await sameByIds.projectId();

      expect(found).toBe(projectId);
      await sameByIds.close();
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
  });
}
