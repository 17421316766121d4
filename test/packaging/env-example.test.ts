import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';
import { readCloud } from '../../src/openstack/clouds.ts';

const lines = readFileSync('.env.example', 'utf8').split('\n');
const assignment = /^#?([A-Z][A-Z0-9_]*)=(.*)$/;

/** Every variable with its default or example, whether commented out or not. */
const examples: Readonly<Record<string, string>> = Object.fromEntries(
  lines.flatMap((line) => {
    const [, name, value] = assignment.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? '']];
  }),
);

/** The names that a reader of the environment asks for, whatever it makes of finding none of them. */
function namesReadBy(read: (env: Readonly<Record<string, string | undefined>>) => unknown): string[] {
  const names = new Set<string>();
  const env = new Proxy<Record<string, string>>(
    {},
    {
      get(_target, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  expect(() => read(env)).toThrow(ConfigError);
  return [...names];
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('.env.example', () => {
  it('lists every variable that the configuration asks for', () => {
    const asked = [
      ...namesReadBy((env) => readConfig(env, { slack: true, slackEvents: true, clouds: true })),
      ...namesReadBy((env) => readCloud(undefined, env)),
      ...namesReadBy((env) => readCloud('mycloud', env, { cwd: '/nowhere', home: '/nowhere' })),
    ];

    expect(Object.keys(examples)).toEqual(expect.arrayContaining([...new Set(asked)]));
  });

  it('says something about every variable, or about the group that it stands in', () => {
    const unexplained = lines.filter(
      (line, index) =>
        assignment.test(line) && !/^#( |\w)/.test(lines[index - 1] ?? '') && !assignment.test(lines[index - 1] ?? ''),
    );

    expect(unexplained).toEqual([]);
  });

  it('gives values that the configuration takes', () => {
    const env = { ...examples, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', CLUSTERS_FILE: 'no-such.yaml' };

    const problems = problemsOf(() => readConfig(env, { slack: true, slackEvents: true, clouds: true }));

    expect(problems).toEqual([expect.stringContaining('no-such.yaml')]);
  });

  it('gives OS_* variables that make a usable cloud', () => {
    const files = new Set([
      'OS_CLOUD',
      'OS_CLIENT_CONFIG_FILE',
      'OS_CLIENT_SECURE_FILE',
      'OS_CACERT',
      'OS_CERT',
      'OS_KEY',
    ]);
    const variables = Object.fromEntries(
      Object.entries({ ...examples, OS_PASSWORD: 'secret' }).filter(([name]) => !files.has(name)),
    );

    const cloud = readCloud(undefined, variables);

    expect(cloud).toMatchObject({
      authUrl: 'https://keystone.example.com/v3',
      credentials: {
        user: { name: 'slipway', domain: { name: 'Default' } },
        project: { name: 'clusters', domain: { name: 'Default' } },
      },
      region: 'RegionOne',
      interface: 'public',
    });
  });

  it('holds no secret', () => {
    const secrets = Object.entries(examples).filter(([name]) => /TOKEN|SECRET|PASSWORD/.test(name));

    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.filter(([, value]) => value !== '')).toEqual([]);
  });
});
