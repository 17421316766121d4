import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
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
      user: { name: 'demo', domain: { name: 'Users' } },
      project: { name: 'web', domain: { id: 'projects' } },
      region: 'RegionOne',
      interface: 'internal',
      endpointOverrides: { 'object-store': 'http://swift.example.org/v1/AUTH_1' },
      verify: true,
    });
    expect(cloud.password.reveal()).toBe('from clouds.yaml');
  });

  it('takes its secrets from secure.yaml beside it', () => {
    write('clouds.yaml', demo);
    write('secure.yaml', 'clouds:\n  demo:\n    auth:\n      password: from secure.yaml\n');

    const cloud = readCloud('demo', {}, { cwd: folder, home: '/nowhere' });

    expect(cloud.password.reveal()).toBe('from secure.yaml');
    expect(cloud.user).toMatchObject({ name: 'demo' });
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

    expect(cloud).toMatchObject({ authUrl: 'http://k/identity/v3', user: { id: 'u1' }, project: { id: 'p1' } });
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

    expect([cloud.user, cloud.project]).toEqual([
      { name: 'u', domain },
      { name: 'w', domain },
    ]);
  });

  it('reports everything that is wrong at once, and what to write', () => {
    write(
      'clouds.yaml',
      'clouds: {bad: {auth_type: v3applicationcredential, interface: outside, cacert: /no/ca.pem, auth: {auth_url: "http://k/v2.0"}}}',
    );

    const problems = problemsOf(() => readCloud('bad', {}, { cwd: folder, home: '/nowhere' }));

    expect(problems).toEqual([
      expect.stringMatching(/^clouds\.bad\.auth_type is v3applicationcredential; use password/),
      'clouds.bad.auth.auth_url ends in /v2.0, which Keystone gave up; write http://k/v3',
      'clouds.bad.auth.username is missing; write auth.username: demo',
      'clouds.bad.auth.project_name is missing; write auth.project_name: demo',
      'clouds.bad.auth.password is missing; write auth.password: …',
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

    expect(problems[0]).toMatch(/^clouds\.n\.auth\.password is not a text; put it in quotes/);
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
      user: { name: 'demo', domain: { name: 'MyDomain' } },
      project: { name: 'web', domain: { name: 'MyDomain' } },
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
    expect(problemsOf(() => readCloud(undefined, {}))[0]).toMatch(/Neither OS_CLOUD nor OS_AUTH_URL is set/);
  });
});
