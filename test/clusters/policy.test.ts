import { describe, expect, it } from 'vitest';
import {
  mayAccess,
  mayApprove,
  mayCancel,
  mayDeny,
  mayRequest,
  maySeeInside,
  type Policy,
} from '../../src/clusters/policy.ts';
import { deploymentAfter, oneApproval, requestedStaging } from '../support/fixtures.ts';

const policy: Policy = {
  request: ['S0DEVELOPERS', 'U0CHIEF'],
  approve: oneApproval,
  access: {
    admin: ['S0PLATFORM'],
    edit: ['S0DEVELOPERS', 'U0CHIEF'],
    view: ['S0SUPPORT', 'U0CHIEF'],
    lifetimeMs: 3_600_000,
  },
};
const deployment = deploymentAfter(requestedStaging);
const developer = { id: 'U0DEVELOPER', groups: ['S0DEVELOPERS'] };
const platform = { id: 'U0PLATFORM', groups: ['S0PLATFORM'] };
const visitor = { id: 'U0VISITOR', groups: [] };

describe('who may ask', () => {
  it.each([
    ['a member of a named group', developer, true],
    ['a named person', { id: 'U0CHIEF', groups: [] }, true],
    ['an approver', platform, true],
    ['nobody else', visitor, false],
  ])('%s', (_who, person, allowed) => {
    expect(mayRequest(policy, person).allowed).toBe(allowed);
  });
});

describe('who may have a credential for a cluster', () => {
  it.each([
    ['somebody of one level', platform, 'admin'],
    ['somebody of another', developer, 'edit'],
    ['somebody who is named twice, by the higher of them', { id: 'U0CHIEF', groups: [] }, 'edit'],
    ['somebody who may only look', { id: 'U0HELPER', groups: ['S0SUPPORT'] }, 'view'],
  ])('%s', (_who, person, level) => {
    expect(mayAccess(policy, person)).toEqual({ allowed: true, level });
  });

  it('nobody else, who is told whom it could be', () => {
    expect(mayAccess(policy, visitor)).toEqual({
      allowed: false,
      reason: 'no-access',
      named: ['S0PLATFORM', 'S0DEVELOPERS', 'U0CHIEF', 'S0SUPPORT'],
    });
  });
});

describe('who may see what runs in clusters', () => {
  it.each([
    ['who may ask for clusters', developer, true],
    ['who may have a credential', { id: 'U0HELPER', groups: ['S0SUPPORT'] }, true],
    ['nobody else', visitor, false],
  ])('%s', (_who, person, allowed) => {
    expect(maySeeInside(policy, person).allowed).toBe(allowed);
  });
});

describe('who may cancel what is under way', () => {
  it.each([
    ['whoever asked for it, also when the policy has changed', { id: 'U0DEVELOPER', groups: [] }, true],
    ['who may ask for clusters', { id: 'U0CHIEF', groups: [] }, true],
    ['an approver', platform, true],
    ['nobody else', visitor, false],
  ])('%s', (_who, person, allowed) => {
    expect(mayCancel(deployment, policy, person).allowed).toBe(allowed);
  });
});

describe('who may approve', () => {
  it('an approver may', () => {
    expect(mayApprove(deployment, platform)).toEqual({ allowed: true });
  });

  it('a requester may not, and is told who may', () => {
    expect(mayApprove(deployment, developer)).toEqual({
      allowed: false,
      reason: 'not-an-approver',
      named: ['S0PLATFORM'],
    });
  });

  it('an approver may not approve an own request', () => {
    const both = { id: 'U0DEVELOPER', groups: ['S0DEVELOPERS', 'S0PLATFORM'] };

    expect(mayApprove(deployment, both)).toMatchObject({ allowed: false, reason: 'own-request' });
  });

  it('unless the policy says so', () => {
    const generous = deploymentAfter({
      ...requestedStaging,
      terms: { ...oneApproval, self: true },
    } as typeof requestedStaging);

    expect(mayApprove(generous, { id: 'U0DEVELOPER', groups: ['S0PLATFORM'] })).toEqual({ allowed: true });
  });

  it('the requester may withdraw, an approver may deny, nobody else', () => {
    expect(mayDeny(deployment, developer).allowed).toBe(true);
    expect(mayDeny(deployment, platform).allowed).toBe(true);
    expect(mayDeny(deployment, visitor).allowed).toBe(false);
  });
});
