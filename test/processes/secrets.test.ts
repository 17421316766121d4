import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import type { CloudConfig } from '../../src/openstack/cloud-config.ts';
import { secretsOf } from '../../src/processes/secrets.ts';
import { Secret } from '../../src/secret.ts';
import { stagingSpec } from '../support/fixtures.ts';

const base: Omit<CloudConfig, 'name' | 'credentials'> = {
  authUrl: 'https://keystone.example/v3',
  interface: 'public',
  endpointOverrides: {},
  verify: true,
};
const user = { id: 'u' };
const project = { id: 'p' };
const clouds: Readonly<Record<string, CloudConfig>> = {
  playground: {
    ...base,
    name: 'playground',
    credentials: { kind: 'password', user, project, password: new Secret('password-of-the-cloud') },
    clientCertificate: {
      cert: '',
      key: new Secret('-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n'),
    },
  },
  objects: {
    ...base,
    name: 'objects',
    credentials: { kind: 'application-credential', credential: { id: 'c' }, secret: new Secret('secret-of-the-store') },
  },
};

function config(more: Partial<Config> = {}): Pick<Config, 'slack' | 'clusters' | 'cloud'> {
  const cloud = (name: string | undefined) => {
    const found = clouds[name ?? ''];
    if (found === undefined) throw new Error('no such cloud');
    return found;
  };
  return { slack: undefined, clusters: new Map(), cloud, ...more };
}

describe('what a worker never tells', () => {
  it.each([
    ['OS_PASSWORD', 'a password of OpenStack'],
    ['OS_APPLICATION_CREDENTIAL_SECRET', 'hunter2hunter2'],
    ['OS_TOKEN', 'gAAAAABl0123'],
    ['SLACK_SIGNING_SECRET', '0123456789abcdef'],
    ['GITHUB_TOKEN', 'anything-at-all'],
    ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI'],
  ])('is the value of %s', (name, value) => {
    expect(secretsOf({ [name]: value }, config())).toEqual([value]);
  });

  it.each(['PATH', 'OS_APPLICATION_CREDENTIAL_ID', 'SLACK_TOKEN_FILE', 'KEYBOARD'])(
    'is not the value of %s',
    (name) => {
      expect(secretsOf({ [name]: 'something-long' }, config())).toEqual([]);
    },
  );

  it('is the password of an address, as it stands there and as it is meant', () => {
    const found = secretsOf(
      { HTTPS_PROXY: 'http://me:p%40ssw0rds@proxy:3128', HTTP_PROXY: 'http://proxy:3128' },
      config(),
    );

    expect(found).toEqual(['p%40ssw0rds', 'p@ssw0rds']);
  });

  it('is the password of a proxy whose address begins with no http://', () => {
    expect(secretsOf({ https_proxy: 'me:p%40ssw0rds@proxy:3128', NO_PROXY: 'localhost' }, config())).toEqual([
      'p%40ssw0rds',
      'p@ssw0rds',
    ]);
  });

  it('is what the clouds in use are logged in to with, and Slack’s tokens', () => {
    const botToken = new Secret('xoxb-0123456789');
    const slack = { botToken, appToken: undefined, signingSecret: undefined, port: 3000, apiUrl: undefined };
    const clusters = new Map([['staging', { ...stagingSpec, swift: { cloud: 'objects' } }]]);

    const found = secretsOf({}, config({ slack, clusters }));

    expect(found).toEqual(['xoxb-0123456789', 'password-of-the-cloud', 'MIIEvQIBADANBg', 'secret-of-the-store']);
  });

  it('is not so short that it stands in innocent words', () => {
    expect(secretsOf({ DB_PASSWORD: 'test', API_TOKEN: '' }, config())).toEqual([]);
  });
});
