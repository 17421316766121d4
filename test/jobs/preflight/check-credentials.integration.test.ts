import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCredentials } from '../../../jobs/preflight/check-credentials.ts';
import type { Finding } from '../../../src/clusters/finding.ts';
import { silentLogger } from '../../../src/log.ts';
import type { Credentials } from '../../../src/openstack/cloud-config.ts';
import { readCloud } from '../../../src/openstack/clouds.ts';
import { connect, type OpenStack } from '../../../src/openstack/openstack.ts';
import { type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';
import { type Reticence, startReticent } from './reticent-cloud.ts';

describe('a look at the credentials for a cluster with controllers', () => {
  const log = silentLogger();
  let cloud: PlaygroundCloud;
  let openstack: OpenStack;

  beforeAll(async () => {
    cloud = await startCloud({ log, delays: 'none' });
    openstack = connect(readCloud('playground', { OS_CLIENT_CONFIG_FILE: cloud.cloudsFile }), { log });
  });
  afterAll(async () => {
    await openstack.close();
    await cloud.close();
  });

  async function seen(
    answerTo: Reticence,
    credentials: Credentials = openstack.cloud.credentials,
    options: { controllers?: boolean } = {},
  ): Promise<Finding[]> {
    const reticent = await startReticent(await openstack.keystone.endpoint(), answerTo);
    const endpointOverrides = { identity: reticent.address };
    const on = connect({ ...openstack.cloud, credentials, endpointOverrides }, { log });
    const findings = await checkCredentials(on, new AbortController().signal, options);
    await on.close();
    await reticent.close();
    return findings;
  }

  function refusing(status: number): Reticence {
    const body = { error: { message: 'Not for you.', code: status, title: 'No' } };
    return ({ path }) => (path.endsWith('/application_credentials') ? { status, body } : undefined);
  }

  async function token(): Promise<Credentials> {
    const authentication = await openstack.keystone.authentication();
    return { kind: 'token', token: authentication.token, project: { id: authentication.projectId } };
  }

  it('finds nothing where Keystone has application credentials', async () => {
    expect(await seen(() => undefined)).toEqual([]);
  });

  it.each([403, 404])('warns where Keystone answers %i that the password goes to the cluster', async (status) => {
    expect(await seen(refusing(status))).toMatchObject([
      {
        level: 'warning',
        text: expect.stringMatching(
          new RegExp(`^Keystone refuses application credentials \\(${status}\\): .*password`),
        ),
        hint: expect.stringContaining('cloudProvider.controller'),
      },
    ]);
  });

  it('finds a problem where there is no password to give instead', async () => {
    expect((await seen(refusing(403), await token())).filter(({ level }) => level === 'problem')).toMatchObject([
      {
        text: expect.stringContaining('there is no password'),
        hint: expect.stringContaining('user name and a password'),
      },
    ]);
  });

  it('warns where Keystone does not say', async () => {
    expect(await seen(refusing(400))).toMatchObject([
      {
        level: 'warning',
        text: expect.stringMatching(/^Whether Keystone makes application credentials could not be checked/),
      },
    ]);
  });

  it('does not ask for a cluster without controllers', async () => {
    expect(await seen(refusing(403), openstack.cloud.credentials, { controllers: false })).toEqual([]);
  });
});
