import { describe, expect, it } from 'vitest';
import { mayUse, policyFor } from '../../src/clusters/policy.ts';
import { parseClustersFile } from '../../src/config/clusters-file.ts';

function parse(access: string) {
  const problems: string[] = [];
  const text = `
policy:
  request: [S0DEVELOPERS]
  approve: {from: [S0PLATFORM]}
  ${access}
clusters: {}
`;
  return { access: parseClustersFile(text, 'clusters.yaml', problems)?.policy.access, problems };
}

const hourMs = 3_600_000;

describe('policy.access of clusters.yaml', () => {
  it.each([
    ['is left out', '', 8 * hourMs],
    ['says how long alone', 'access: {lifetime: 90m}', 1.5 * hourMs],
  ])('makes approvers administrators and lets requesters edit where it %s', (_, access, lifetimeMs) => {
    expect(parse(access).access).toEqual({ admin: ['S0PLATFORM'], edit: ['S0DEVELOPERS'], view: [], lifetimeMs });
  });

  it('leaves out whoever is not named as soon as somebody is', () => {
    expect(parse('access: {view: [S0SUPPORT, U0CHIEF]}').access).toEqual({
      admin: [],
      edit: [],
      view: ['S0SUPPORT', 'U0CHIEF'],
      lifetimeMs: 8 * hourMs,
    });
  });

  it('can give credentials to nobody', () => {
    expect(parse('access: {admin: []}').access).toMatchObject({ admin: [], edit: [], view: [] });
  });

  it.each([
    ['access: {lifetime: 10m}', 600_000],
    ['access: {lifetime: 7d}', 7 * 24 * hourMs],
  ])('takes %s', (access, lifetimeMs) => {
    expect(parse(access).access?.lifetimeMs).toBe(lifetimeMs);
  });

  it.each([
    ['access: {lifetime: 9m}', 'policy.access.lifetime: expected a duration from 10m to 7d'],
    ['access: {lifetime: 8d}', 'policy.access.lifetime: expected a duration from 10m to 7d'],
    ['access: {lifetime: 8}', 'policy.access.lifetime: expected a duration'],
    ['access: {admin: [developers]}', 'policy.access.admin.0: expected the id of a Slack user (U…) or user group (S…)'],
    ['access: {owner: [U0CHIEF]}', 'policy.access: there is no key "owner" here'],
  ])('refuses %s', (access, problem) => {
    expect(parse(access).problems).toEqual([expect.stringContaining(problem)]);
  });
});

/** A clusters.yaml whose general policy and whose cluster staging have more said of them. */
function parsePolicies(general: string, own = '', more = '') {
  const problems: string[] = [];
  const text = `
policy:
  request: [S0DEVELOPERS]
  approve: {from: [S0PLATFORM], count: 2, within: 2h}
  ${general}
${more}
clusters:
  staging:
    channel: C0DEPLOYS
    kubernetes: {version: v1.34.2}
    image: {name: debian-12}
    keypair: {name: ops}
    controlPlane: {flavor: m1.medium}
    nodes: {count: 2, flavor: m1.small}
    network: {external: gateway, dns: [10.0.0.10]}
    ${own && `policy: ${own}`}
`;
  const file = parseClustersFile(text, 'clusters.yaml', problems);
  return { file, policy: file?.policy, staging: file && policyFor(file.policy, 'staging'), problems };
}

describe('policy.read and policy.commands of clusters.yaml', () => {
  it('are left out of the policy where the file does', () => {
    const { policy } = parsePolicies('');

    expect(policy).not.toHaveProperty('read');
    expect(policy).not.toHaveProperty('commands');
    expect(policy).not.toHaveProperty('clusters');
  });

  it('are taken as they stand', () => {
    const { policy, problems } = parsePolicies(
      'read: []\n  commands: {down: [S0PLATFORM], logs: [S0SUPPORT, U0CHIEF]}',
    );

    expect(problems).toEqual([]);
    expect(policy).toMatchObject({ read: [], commands: { down: ['S0PLATFORM'], logs: ['S0SUPPORT', 'U0CHIEF'] } });
  });

  it.each([
    ['commands: {dwon: []}', 'policy.commands.dwon: there is no command "dwon" to name people for. Did you mean down?'],
    ['commands: {approve: []}', 'policy.commands.approve: there is no command "approve" to name people for.'],
    ['commands: {help: []}', 'There are: up, down, cancel, retry, extend, scale, upgrade, plan, status'],
    ['commands: {down: S0PLATFORM}', 'policy.commands.down: '],
    ['read: [everybody]', 'policy.read.0: expected the id of a Slack user'],
    ['reed: []', 'policy: there is no key "reed" here'],
  ])('refuse %s', (general, problem) => {
    expect(parsePolicies(general).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('tell all that is wrong with them at once', () => {
    const { problems } = parsePolicies(
      'read: [all]\n  commands: {dwon: [], logs: [me]}',
      '{commands: {upp: []}, approve: {count: 9}}',
    );

    expect(problems).toHaveLength(5);
    expect(problems.join('\n')).toContain('clusters.staging.policy.commands.upp: there is no command "upp"');
  });
});

describe('the policy of one cluster in clusters.yaml', () => {
  it('is as the general one where it says nothing', () => {
    const { policy, staging } = parsePolicies('access: {view: [S0SUPPORT]}', '{}');
    const { clusters, ...general } = policy ?? {};

    expect(staging).toEqual(general);
    expect(clusters?.size).toBe(1);
  });

  it('has its own keys in the place of the general ones, entry by entry of approve and commands', () => {
    const { staging, policy } = parsePolicies(
      'commands: {down: [S0PLATFORM], logs: [S0SUPPORT]}',
      '{request: [S0OWNERS], approve: {count: 1}, read: [S0OWNERS], commands: {logs: [S0OWNERS]}}',
    );

    expect(staging).toMatchObject({
      request: ['S0OWNERS'],
      approve: { from: ['S0PLATFORM'], count: 1, self: false, withinMs: 7_200_000 },
      read: ['S0OWNERS'],
      commands: { down: ['S0PLATFORM'], logs: ['S0OWNERS'] },
    });
    expect(policy).toMatchObject({ request: ['S0DEVELOPERS'], approve: { count: 2 } });
  });

  it('decides about that cluster alone', () => {
    const { policy } = parsePolicies('', '{request: [S0OWNERS]}');
    const developer = { id: 'U0X', groups: ['S0DEVELOPERS'] };

    const decided = ['staging', 'sandbox'].map(
      (name) => policy && mayUse('up', policyFor(policy, name), developer).allowed,
    );

    expect(decided).toEqual([false, true]);
  });

  it.each([
    ['its own askers edit where access names nobody', '', '{request: [S0OWNERS]}', { edit: ['S0OWNERS'] }],
    ['the general levels stay', 'access: {view: [S0SUPPORT]}', '{access: {lifetime: 1h}}', { view: ['S0SUPPORT'] }],
    ['its own levels replace all', 'access: {view: [S0SUPPORT]}', '{access: {edit: [U0CHIEF]}}', { view: [] }],
    ['the general lifetime stays', 'access: {lifetime: 1h}', '{access: {edit: [U0CHIEF]}}', { lifetimeMs: hourMs }],
  ])('gives access so that %s', (_, general, own, access) => {
    expect(parsePolicies(general, own).staging?.access).toMatchObject(access);
  });

  it('has to name somebody who can approve', () => {
    expect(parsePolicies('', '{approve: {from: []}}').problems).toEqual([
      'clusters.yaml: clusters.staging.policy.approve.from: nobody may approve, but 2 approval is asked for',
    ]);
  });

  it('does not go into the spec, which deployments keep', () => {
    expect(parsePolicies('', '{read: []}').file?.clusters.get('staging')).not.toHaveProperty('policy');
  });
});

describe('policy.change of clusters.yaml', () => {
  it('says who may ask for what otherwise, each by itself', () => {
    const { file, staging, problems } = parsePolicies(
      'change: {version: [S0PLATFORM], nodes: []}',
      '{change: {nodes: [U0CHIEF]}}',
    );

    expect(problems).toEqual([]);
    expect(file?.policy.change).toEqual({ version: ['S0PLATFORM'], nodes: [] });
    expect(staging?.change).toEqual({ version: ['S0PLATFORM'], nodes: ['U0CHIEF'] });
  });

  it('may be left out', () => {
    expect(parsePolicies('').file?.policy).not.toHaveProperty('change');
  });

  it.each([
    ['change: {flavor: [S0PLATFORM]}', 'policy.change: there is no key "flavor" here'],
    ['change: {nodes: [developers]}', 'policy.change.nodes.0: expected the id of a Slack user'],
    ['change: [S0PLATFORM]', 'policy.change: '],
  ])('refuses %s', (general, problem) => {
    expect(parsePolicies(general).problems).toEqual([expect.stringContaining(problem)]);
  });
});

describe('audit of clusters.yaml', () => {
  it('names a channel, or none', () => {
    expect(parsePolicies('', '', 'audit: {channel: C0AUDIT}').file?.auditChannel).toBe('C0AUDIT');
    expect(parsePolicies('').file).not.toHaveProperty('auditChannel');
  });

  it('takes no name for an id', () => {
    expect(parsePolicies('', '', 'audit: {channel: "#audit"}').problems).toEqual([
      expect.stringContaining('audit.channel: expected the id of a Slack channel'),
    ]);
  });
});
