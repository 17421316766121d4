import { describe, expect, it } from 'vitest';
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
