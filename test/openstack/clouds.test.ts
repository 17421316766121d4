import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { CloudConfig } from '../../src/openstack/cloud-config.ts';
import { readCloud } from '../../src/openstack/clouds.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clouds-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function read(name: string, yaml: string): CloudConfig {
  write('clouds.yaml', yaml);
  return readCloud(name, {}, { cwd: folder, home: '/nowhere' });
}

function passwordOf({ credentials }: CloudConfig): string | undefined {
  return credentials.kind === 'password' ? credentials.password.reveal() : undefined;
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('There were no problems');
}

const demo = `
clouds:
  demo:
    region_name: RegionOne
    interface: internal
    object_store_endpoint_override: http://swift.example.org/v1/AUTH_1
    auth:
      auth_url: https://keystone.example.org:5000
      username: demo
      password: from clouds.yaml
      project_name: web
      user_domain_name: Users
      project_domain_id: projects
`;

describe('a cloud of clouds.yaml', () => {
  it('is read with everything that it says', () => {
    write('clouds.yaml', demo);

    const cloud = readCloud('demo', {}, { cwd: folder, home: '/nowhere' });

    expect(cloud).toMatchObject({
      name: 'demo',
      authUrl: 'https://keystone.example.org:5000/v3',
      credentials: {
        kind: 'password',
        user: { name: 'demo', domain: { name: 'Users' } },
        project: { name: 'web', domain: { id: 'projects' } },
      },
      region: 'RegionOne',
      interface: 'internal',
      endpointOverrides: { 'object-store': 'http://swift.example.org/v1/AUTH_1' },
      verify: true,
    });
    expect(passwordOf(cloud)).toBe('from clouds.yaml');
  });

  it('takes its secrets from secure.yaml beside it', () => {
    write('clouds.yaml', demo);
    write('secure.yaml', 'clouds:\n  demo:\n    auth:\n      password: from secure.yaml\n');

    const cloud = readCloud('demo', {}, { cwd: folder, home: '/nowhere' });

    expect(passwordOf(cloud)).toBe('from secure.yaml');
    expect(cloud.credentials).toMatchObject({ user: { name: 'demo' } });
  });

  it('is looked for in the home folder after the current one, and named by OS_CLOUD', () => {
    write('home/.config/openstack/clouds.yaml', demo);

    const cloud = readCloud(undefined, { OS_CLOUD: 'demo' }, { cwd: '/nowhere', home: join(folder, 'home') });

    expect(cloud.name).toBe('demo');
  });

  it('is looked for in OS_CLIENT_CONFIG_FILE before anywhere else', () => {
    write('clouds.yaml', 'clouds: {}');
    const file = write('mine.yaml', demo);

    const cloud = readCloud('demo', { OS_CLIENT_CONFIG_FILE: file }, { cwd: folder, home: '/nowhere' });

    expect(cloud.name).toBe('demo');
  });

  it('takes user and project by id, without domains', () => {
    write(
      'clouds.yaml',
      'clouds: {ids: {auth: {auth_url: "http://k/identity/v3/v3/", user_id: u1, password: p, project_id: p1}}}',
    );

    const cloud = readCloud('ids', {}, { cwd: folder, home: '/nowhere' });

    expect(cloud.authUrl).toBe('http://k/identity/v3');
    expect(cloud.credentials).toMatchObject({ user: { id: 'u1' }, project: { id: 'p1' } });
  });

  it.each([
    ['no domain', '', { id: 'default' }],
    ['one domain for both', 'domain_name: Shared', { name: 'Shared' }],
  ])('with %s has a domain for user and project', (_case, line, domain) => {
    write(
      'clouds.yaml',
      `clouds: {d: {auth: {auth_url: "http://k/v3", username: u, password: p, project_name: w, ${line}}}}`,
    );

    const cloud = readCloud('d', {}, { cwd: folder, home: '/nowhere' });

    expect(cloud.credentials).toMatchObject({ user: { name: 'u', domain }, project: { name: 'w', domain } });
  });

  it('reports everything that is wrong at once, and what to write', () => {
    write(
      'clouds.yaml',
      'clouds: {bad: {auth_type: v3oidcpassword, interface: outside, cacert: /no/ca.pem, auth: {auth_url: "http://k/v2.0"}}}',
    );

    const problems = problemsOf(() => readCloud('bad', {}, { cwd: folder, home: '/nowhere' }));

    expect(problems).toEqual([
      expect.stringMatching(/^clouds\.bad\.auth_type is v3oidcpassword; write one of password, v3password,/),
      'clouds.bad.auth.auth_url ends in /v2.0, which Keystone gave up; write http://k/v3',
      'clouds.bad.interface is outside; write one of public, internal, admin',
      'clouds.bad.cacert names /no/ca.pem, which cannot be read; write the path of a PEM file',
    ]);
  });

  it('wants a password of digits in quotes, since YAML would take its zeros away', () => {
    write(
      'clouds.yaml',
      'clouds: {n: {auth: {auth_url: "http://k/v3", username: u, password: 0123, project_name: w}}}',
    );

    const problems = problemsOf(() => readCloud('n', {}, { cwd: folder, home: '/nowhere' }));

    expect(problems).toEqual([expect.stringMatching(/^clouds\.n\.auth\.password is not a text; put it in quotes/)]);
  });

  it('is told by the names that there are when it does not exist', () => {
    write('clouds.yaml', demo);

    const problems = problemsOf(() => readCloud('prod', {}, { cwd: folder, home: '/nowhere' }));

    expect(problems).toEqual([`${join(folder, 'clouds.yaml')} has no cloud "prod"; it has: demo`]);
  });

  it('does not repeat a password in the report of a broken file', () => {
    write('clouds.yaml', 'clouds:\n  demo:\n    auth:\n      password: hunter2\n    }');

    const problems = problemsOf(() => readCloud('demo', {}, { cwd: folder, home: '/nowhere' }));

    expect(problems[0]).toMatch(/is not valid YAML/);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('is missed with the places where it was looked for', () => {
    const problems = problemsOf(() => readCloud('demo', {}, { cwd: folder, home: folder }));

    expect(problems[0]).toContain(join(folder, 'clouds.yaml'));
    expect(problems[0]).toContain('/etc/openstack/clouds.yaml');
  });
});

describe('the OS_* variables', () => {
  const openrc = {
    OS_AUTH_URL: 'http://keystone:5000/v3',
    OS_USERNAME: 'demo',
    OS_PASSWORD: 'secret',
    OS_PROJECT_NAME: 'web',
    OS_USER_DOMAIN_NAME: 'MyDomain',
    OS_PROJECT_DOMAIN_NAME: 'MyDomain',
    OS_REGION_NAME: 'RegionOne',
    OS_IDENTITY_API_VERSION: '3',
    PATH: '/bin',
  };

  it('make a cloud of their own', () => {
    const cloud = readCloud(undefined, openrc);

    expect(cloud).toMatchObject({
      name: 'environment',
      authUrl: 'http://keystone:5000/v3',
      credentials: {
        user: { name: 'demo', domain: { name: 'MyDomain' } },
        project: { name: 'web', domain: { name: 'MyDomain' } },
      },
      region: 'RegionOne',
      interface: 'public',
    });
  });

  it('are called by their own names in what is wrong with them', () => {
    const problems = problemsOf(() =>
      readCloud(undefined, { ...openrc, OS_PASSWORD: '', OS_IDENTITY_API_VERSION: '2.0' }),
    );

    expect(problems).toEqual([
      'OS_IDENTITY_API_VERSION is 2.0; only Keystone v3 is spoken, so write 3',
      'OS_PASSWORD is missing; write OS_PASSWORD=…',
    ]);
  });

  it('are asked for when there is nothing at all', () => {
    expect(problemsOf(() => readCloud(undefined, {}, { cwd: folder, home: folder }))[0]).toMatch(
      /Neither OS_CLOUD nor OS_AUTH_URL is set/,
    );
  });
});

describe('the places of the files', () => {
  const entry = (password: string) => `clouds: {demo: {auth: {password: "${password}"}}}`;

  it('are searched for secure.yaml by itself: it need not lie beside clouds.yaml', () => {
    write('home/.config/openstack/clouds.yaml', demo);
    write('secure.yml', entry('from the working folder'));

    const cloud = readCloud('demo', {}, { cwd: folder, home: join(folder, 'home') });

    expect(passwordOf(cloud)).toBe('from the working folder');
  });

  it('give way to OS_CLIENT_SECURE_FILE', () => {
    write('clouds.yaml', demo);
    write('secure.yaml', entry('from beside'));
    const OS_CLIENT_SECURE_FILE = write('vault.yaml', entry('from the vault'));

    const cloud = readCloud('demo', { OS_CLIENT_SECURE_FILE }, { cwd: folder, home: '/nowhere' });

    expect(passwordOf(cloud)).toBe('from the vault');
  });

  it('end with the folder of a clouds.yaml that a variable names', () => {
    const OS_CLIENT_CONFIG_FILE = write('far/clouds.yaml', demo);
    write('far/secure.yaml', entry('from beside'));

    const cloud = readCloud('demo', { OS_CLIENT_CONFIG_FILE }, { cwd: '/nowhere', home: '/nowhere' });

    expect(passwordOf(cloud)).toBe('from beside');
  });

  it.each(['OS_CLIENT_CONFIG_FILE', 'OS_CLIENT_SECURE_FILE'])('must exist when %s names one', (variable) => {
    write('clouds.yaml', demo);

    const problems = problemsOf(() => readCloud('demo', { [variable]: '/no/such' }, { cwd: folder, home: '/nowhere' }));

    expect(problems).toEqual([`${variable} names /no/such, which does not exist`]);
  });

  it('may hold JSON', () => {
    const auth = { auth_url: 'http://k', username: 'u', password: 'p', project_name: 'w' };
    write('clouds.json', JSON.stringify({ clouds: { j: { auth } } }));

    expect(readCloud('j', {}, { cwd: folder, home: '/nowhere' }).authUrl).toBe('http://k/v3');
  });

  it('hold the profile under an entry in clouds-public.yaml', () => {
    write(
      'clouds-public.yaml',
      'public-clouds: {acme: {region_name: A, auth: {auth_url: "https://{region_name}.acme"}}}',
    );

    const cloud = read(
      'd',
      'clouds: {d: {profile: acme, region_name: B, auth: {username: u, password: p, project_id: x}}}',
    );

    expect(cloud).toMatchObject({ authUrl: 'https://B.acme/v3', region: 'B' });
  });

  it('are named when a profile is in none of them', () => {
    const problems = problemsOf(() =>
      read('d', 'clouds: {d: {profile: ovh, auth: {username: u, password: p, project_id: x}}}'),
    );

    expect(problems).toEqual([
      expect.stringMatching(/^clouds\.d\.profile names ovh, which no clouds-public\.yaml describes/),
    ]);
  });
});

describe('which cloud is meant', () => {
  const variables = { OS_AUTH_URL: 'http://env', OS_USERNAME: 'e', OS_PASSWORD: 'p', OS_PROJECT_NAME: 'w' };

  it('is what OS_CLOUD says, and the other OS_* variables change nothing about it', () => {
    write('clouds.yaml', demo);
    const env = { ...variables, OS_CLOUD: 'demo', OS_REGION_NAME: 'Elsewhere' };

    const cloud = readCloud(undefined, env, { cwd: folder, home: '/nowhere' });

    expect(cloud).toMatchObject({ name: 'demo', region: 'RegionOne', authUrl: 'https://keystone.example.org:5000/v3' });
  });

  it('is the environment before a clouds.yaml that has only one', () => {
    write('clouds.yaml', demo);

    expect(readCloud(undefined, variables, { cwd: folder, home: '/nowhere' }).name).toBe('environment');
    expect(readCloud('envvars', variables, { cwd: folder, home: '/nowhere' }).authUrl).toBe('http://env/v3');
  });

  it('is the only one of clouds.yaml when nothing says more', () => {
    const OS_CLIENT_CONFIG_FILE = write('clouds.yaml', demo);

    expect(readCloud(undefined, { OS_CLIENT_CONFIG_FILE, OS_REGION_NAME: 'X' }).name).toBe('demo');
  });

  it('has to be said when clouds.yaml has several', () => {
    write('clouds.yaml', 'clouds: {a: {}, b: {}}');

    const problems = problemsOf(() => readCloud(undefined, {}, { cwd: folder, home: '/nowhere' }));

    expect(problems).toEqual([`${join(folder, 'clouds.yaml')} has several clouds; set OS_CLOUD to one of: a, b`]);
  });
});

describe('credentials', () => {
  const auth = 'auth_url: "http://k/v3"';

  it.each([
    ['by id', 'application_credential_id: c1', { id: 'c1' }],
    [
      'by name and user',
      'application_credential_name: robot, username: u, user_domain_name: D',
      { name: 'robot', user: { name: 'u', domain: { name: 'D' } } },
    ],
  ])('of an application credential are read %s, and its project is passed over', (_case, line, credential) => {
    const cloud = read(
      'a',
      `clouds: {a: {auth_type: v3applicationcredential, auth: {${auth}, ${line}, application_credential_secret: s, project_name: w}}}`,
    );

    expect(cloud.credentials).toMatchObject({ kind: 'application-credential', credential });
    expect(cloud.credentials).not.toHaveProperty('project');
    expect(JSON.stringify(cloud)).not.toContain('"s"');
  });

  it.each([
    ['application_credential_id: c1, application_credential_secret: s', 'application-credential'],
    ['application_credential_name: n, application_credential_secret: s, username: u', 'application-credential'],
    ['token: t, project_id: p', 'token'],
    ['auth_token: t, project_id: p', 'token'],
    ['token: t, username: u, password: p, project_id: p', 'password'],
  ])('without auth_type are what they look like: %s', (line, kind) => {
    expect(read('g', `clouds: {g: {auth: {${auth}, ${line}}}}`).credentials.kind).toBe(kind);
  });

  it.each([
    [
      'v3applicationcredential',
      [
        'application_credential_id is missing; write auth.application_credential_id: …',
        'application_credential_secret is missing; write auth.application_credential_secret: …',
      ],
    ],
    ['v3token', ['project_name is missing; write auth.project_name: demo', 'token is missing; write auth.token: …']],
    [
      'password',
      [
        'username is missing; write auth.username: demo',
        'project_name is missing; write auth.project_name: demo',
        'password is missing; write auth.password: …',
      ],
    ],
  ])('of the type %s are asked for all at once', (type, missing) => {
    const problems = problemsOf(() => read('m', `clouds: {m: {auth_type: ${type}, auth: {${auth}}}}`));

    expect(problems).toEqual(missing.map((problem) => `clouds.m.auth.${problem}`));
  });

  it('may stand beside `auth`, where `auth` wins', () => {
    const cloud = read(
      't',
      `clouds: {t: {username: beside, project-id: p9, auth: {${auth}, username: within, password: p}}}`,
    );

    expect(cloud.credentials).toMatchObject({ user: { name: 'within' }, project: { id: 'p9' } });
  });

  it.each([
    ['tenant_name: t, project_name: p', { name: 'p', domain: { id: 'default' } }],
    ['tenant_name: t', { name: 't', domain: { id: 'default' } }],
    ['project_name: p, domain_id: d, project_domain_name: P', { name: 'p', domain: { name: 'P' } }],
    ['project_name: p, default_domain: dd', { name: 'p', domain: { id: 'dd' } }],
  ])('with %s are of the project %j', (line, project) => {
    const cloud = read('p', `clouds: {p: {auth: {${auth}, username: u, password: p, ${line}}}}`);

    expect(cloud.credentials).toMatchObject({ project });
  });

  it.each([
    'http://h:5000',
    'http://h:5000/',
    'http://h:5000/v3',
    'http://h:5000/v3/',
    'http://h:5000/v3/auth/tokens',
    'http://h:5000/v3/v3',
  ])('are sent to Keystone v3, also when auth_url is %s', (written) => {
    const cloud = read('k', `clouds: {k: {auth: {auth_url: "${written}", username: u, password: p, project_id: p}}}`);

    expect(cloud.authUrl).toBe('http://h:5000/v3');
  });
});

describe('how the services are reached', () => {
  const auth = 'auth: {auth_url: "http://k/v3", username: u, password: p, project_id: p}';

  it.each([
    ['regions: [One, Two]', 'One'],
    ['regions: [One, Two], region_name: Two', 'Two'],
    ['region_name: "One,Two"', 'One'],
    ['region_name: [Two, One]', 'Two'],
    ['regions: [{name: Three, values: {interface: internal}}]', 'Three'],
  ])('in the region of %s is told by it', (line, region) => {
    expect(read('r', `clouds: {r: {${line}, ${auth}}}`).region).toBe(region);
  });

  it('is as the region says, before the entry', () => {
    const cloud = read(
      'r',
      `clouds: {r: {interface: public, regions: [{name: A, values: {interface: internal, auth: {project_id: pA}}}], ${auth}}}`,
    );

    expect(cloud).toMatchObject({ interface: 'internal', credentials: { project: { id: 'pA' } } });
  });

  it.each([
    ['interface: adminURL', 'admin'],
    ['interface: public, endpoint_type: internalURL', 'internal'],
    ['', 'public'],
  ])('by the interface of %j', (line, expected) => {
    expect(read('i', `clouds: {i: {${line}${line && ', '}${auth}}}`).interface).toBe(expected);
  });

  it.each([
    ['verify: false', false],
    ['verify: "False"', false],
    ['insecure: true, verify: true', false],
    ['insecure: false', true],
  ])('with %s, certificates count: %s', (line, verify) => {
    expect(read('v', `clouds: {v: {${line}, ${auth}}}`).verify).toBe(verify);
  });

  it('shows the certificate and trusts the authority of files in the home folder', () => {
    write('home/ca.pem', 'the authority');
    write('home/me.pem', 'my certificate');
    write('home/me.key', 'my key');
    write('clouds.yaml', `clouds: {t: {cacert: ~/ca.pem, cert: ~/me.pem, key: ~/me.key, ${auth}}}`);

    const cloud = readCloud('t', {}, { cwd: folder, home: join(folder, 'home') });

    expect(cloud).toMatchObject({ ca: 'the authority', clientCertificate: { cert: 'my certificate' } });
    expect(cloud.clientCertificate?.key.reveal()).toBe('my key');
    expect(JSON.stringify(cloud)).not.toContain('my key');
  });

  it.each([
    ['cert: CERT', ['key is missing; write key: /etc/ssl/private/slipway.key']],
    ['key: CERT', ['cert is missing; write cert: /etc/ssl/certs/slipway.pem']],
    [
      'cert: CERT, key: /no/key',
      ['key names /no/key, which cannot be read; write the path of the PEM file of the key that belongs to cert'],
    ],
  ])('with half a certificate (%s) is refused', (line, expected) => {
    const file = write('me.pem', 'my certificate');

    const problems = problemsOf(() => read('h', `clouds: {h: {${line.replace('CERT', file)}, ${auth}}}`));

    expect(problems).toEqual(expected.map((problem) => `clouds.h.${problem}`));
  });

  it('may put a certificate and its key into one file', () => {
    const both = '-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n';
    const file = write('both.pem', both);

    expect(read('b', `clouds: {b: {cert: ${file}, ${auth}}}`).clientCertificate?.key.reveal()).toBe(both);
  });
});
