import { describe, expect, it } from 'vitest';
import type { Changeable } from '../../src/clusters/change.ts';
import {
  mayAccess,
  mayApprove,
  mayDeny,
  mayRevise,
  mayUse,
  namedFor,
  type Person,
  type Policies,
  type Policy,
  policyFor,
  refusalToChange,
} from '../../src/clusters/policy.ts';
import { type Verb, verbs } from '../../src/clusters/verbs.ts';
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
const chief = { id: 'U0CHIEF', groups: [] };
const support = { id: 'U0HELPER', groups: ['S0SUPPORT'] };
const visitor = { id: 'U0VISITOR', groups: [] };

const byTerms: Verb[] = ['approve', 'deny', 'change'];

/** What somebody may use, of all that no deployment's terms decide. */
function usable(person: Person, of: Policy = policy): Verb[] {
  return verbs.filter((verb) => !byTerms.includes(verb) && mayUse(verb, of, person).allowed);
}

/** What every member may, whatever the policy says. */
const always: Verb[] = ['form', 'tell-me', 'help'];
const looks: Verb[] = ['status', 'list', 'history', ...always];
const reads: Verb[] = [...looks, 'plan', 'pods', 'topology', 'releases', 'doctor'];
const asks: Verb[] = ['up', 'down', 'cancel', 'retry', 'extend', 'scale', 'upgrade', 'logs'];

describe('what somebody may do', () => {
  it.each<[who: string, person: Person, may: Verb[]]>([
    ['a member of a group that may ask', developer, [...asks, ...reads, 'kubeconfig']],
    ['a person who may ask', chief, [...asks, ...reads, 'kubeconfig']],
    ['an approver', platform, [...asks, ...reads, 'kubeconfig']],
    ['somebody who may only have a credential', support, [...reads, 'kubeconfig']],
    ['somebody who is named nowhere', visitor, looks],
  ])('%s', (_who, person, may) => {
    expect(usable(person).sort()).toEqual([...may].sort());
  });

  it.each<[verb: Verb, person: Person, rule: string]>([
    ['up', developer, 'request'],
    ['down', platform, 'approve.from'],
    ['pods', support, 'access.view'],
    ['plan', platform, 'approve.from'],
    ['list', visitor, 'members'],
    ['kubeconfig', developer, 'access.edit'],
  ])('%s is allowed by the rule that names them', (verb, person, rule) => {
    expect(mayUse(verb, policy, person)).toMatchObject({ allowed: true, rule });
  });

  it('is refused with everybody who may, each once', () => {
    expect(mayUse('pods', policy, visitor)).toEqual({
      allowed: false,
      reason: 'not-named',
      named: ['S0DEVELOPERS', 'U0CHIEF', 'S0PLATFORM', 'S0SUPPORT'],
    });
  });

  it.each(verbs.filter((verb) => !looks.includes(verb)))('%s is for nobody where nobody is named', (verb) => {
    const nobody: Policy = {
      request: [],
      approve: { ...oneApproval, from: [] },
      access: { admin: [], edit: [], view: [], lifetimeMs: 1 },
    };

    expect(mayUse(verb, nobody, visitor)).toMatchObject({ allowed: false, named: [] });
  });

  it.each(verbs)('%s is decided by nobody but those whose groups are looked up for it', (verb) => {
    const { allowed } = mayUse(verb, policy, visitor);
    const named = namedFor(verb, policy).map((id) => ({ id: 'U0X', groups: [id] }));

    expect(named.every((person) => mayUse(verb, policy, person).allowed)).toBe(true);
    expect(named.length === 0).toBe(allowed || byTerms.includes(verb));
  });
});

describe('policy.read', () => {
  it('takes the looks from whoever it does not name, and gives reading to those it names', () => {
    const closed: Policy = { ...policy, read: ['U0READER'] };

    expect(usable(visitor, closed)).toEqual(always);
    expect(usable({ id: 'U0READER', groups: [] }, closed)).toEqual([
      'plan',
      'status',
      'list',
      'releases',
      'doctor',
      'history',
      ...always,
    ]);
    expect(usable(support, closed)).toEqual(usable(support));
  });

  it('closes all of it to those who are named nowhere when it is empty', () => {
    expect(usable(visitor, { ...policy, read: [] })).toEqual(always);
  });
});

describe('policy.commands', () => {
  it('narrows one command and leaves the others alone', () => {
    const narrowed: Policy = { ...policy, commands: { down: ['S0PLATFORM'] } };

    expect(mayUse('down', narrowed, developer)).toEqual({ allowed: false, reason: 'not-named', named: ['S0PLATFORM'] });
    expect(mayUse('down', narrowed, platform)).toEqual({ allowed: true, rule: 'commands.down' });
    expect(mayUse('up', narrowed, developer).allowed).toBe(true);
  });

  it('widens one command', () => {
    const widened: Policy = { ...policy, commands: { logs: ['U0VISITOR'] } };

    expect(usable(visitor, widened)).toEqual(['status', 'list', 'logs', 'history', ...always]);
  });

  it('closes what is open to all members', () => {
    const narrowed: Policy = { ...policy, commands: { history: ['S0PLATFORM'] } };

    expect(mayUse('history', narrowed, visitor).allowed).toBe(false);
    expect(mayUse('history', narrowed, platform)).toEqual({ allowed: true, rule: 'commands.history' });
  });

  it('can take kubeconfigs away, and gives nobody a level', () => {
    const narrowed: Policy = { ...policy, commands: { kubeconfig: ['S0PLATFORM', 'U0VISITOR'] } };

    expect(mayUse('kubeconfig', narrowed, platform)).toMatchObject({ allowed: true, level: 'admin' });
    expect(mayUse('kubeconfig', narrowed, developer)).toMatchObject({ allowed: false, reason: 'no-access' });
    expect(mayUse('kubeconfig', narrowed, visitor)).toMatchObject({ allowed: false, reason: 'no-access' });
  });
});

describe('the policy of a cluster', () => {
  const production: Policy = { ...policy, request: ['S0PLATFORM'], read: [] };
  const policies: Policies = { ...policy, clusters: new Map([['production', production]]) };

  it('counts in the place of the general one for that cluster alone', () => {
    expect(mayUse('up', policyFor(policies, 'production'), developer).allowed).toBe(false);
    expect(mayUse('status', policyFor(policies, 'production'), visitor).allowed).toBe(false);
    expect(mayUse('up', policyFor(policies, 'staging'), developer).allowed).toBe(true);
    expect(mayUse('status', policyFor(policies, undefined), visitor).allowed).toBe(true);
  });
});

describe('who may have a credential for a cluster', () => {
  it.each([
    ['somebody of one level', platform, 'admin'],
    ['somebody of another', developer, 'edit'],
    ['somebody who is named twice, by the higher of them', chief, 'edit'],
    ['somebody who may only look', support, 'view'],
  ])('%s', (_who, person, level) => {
    expect(mayAccess(policy, person)).toEqual({ allowed: true, rule: `access.${level}`, level });
  });

  it('nobody else, who is told whom it could be', () => {
    expect(mayAccess(policy, visitor)).toEqual({
      allowed: false,
      reason: 'no-access',
      named: ['S0PLATFORM', 'S0DEVELOPERS', 'U0CHIEF', 'S0SUPPORT'],
    });
  });
});

describe('who may cancel what is under way', () => {
  it.each([
    ['whoever asked for it, also when the policy has changed', { id: 'U0DEVELOPER', groups: [] }, true],
    ['who may ask for clusters', chief, true],
    ['an approver', platform, true],
    ['nobody else', visitor, false],
  ])('%s', (_who, person, allowed) => {
    expect(mayUse('cancel', policy, person, deployment.requestedBy).allowed).toBe(allowed);
  });

  it('but of other things nobody may do more for having asked', () => {
    expect(mayUse('down', policy, { id: 'U0DEVELOPER', groups: [] }, deployment.requestedBy).allowed).toBe(false);
  });
});

describe('policy.change', () => {
  const strict: Policy = { ...policy, change: { version: ['S0PLATFORM'], ttl: [] } };

  it.each<[string, Changeable, Person, boolean]>([
    ['what it leaves out is for whoever may ask', 'nodes', developer, true],
    ['what it names people for is for them', 'version', platform, true],
    ['and for nobody else', 'version', developer, false],
    ['what it names nobody for is for nobody', 'ttl', platform, false],
  ])('%s', (_, what, person, allowed) => {
    expect(refusalToChange(what, strict, person) === undefined).toBe(allowed);
  });

  it('is refused with everybody who may', () => {
    expect(refusalToChange('version', strict, developer)).toEqual({
      allowed: false,
      reason: 'not-named',
      named: ['S0PLATFORM'],
    });
  });
});

describe('who may approve', () => {
  it('an approver may', () => {
    expect(mayApprove(deployment, platform)).toEqual({ allowed: true, rule: 'approve.from' });
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

  it('nor what they have changed themselves, which others may', () => {
    const changed = { ...deployment, changedBy: 'U0PLATFORM' };

    expect(mayApprove(changed, platform)).toMatchObject({ allowed: false, reason: 'own-change' });
    expect(mayApprove(changed, { id: 'U0OTHER', groups: ['S0PLATFORM'] }).allowed).toBe(true);
    expect(mayApprove({ ...changed, terms: { ...oneApproval, self: true } }, platform).allowed).toBe(true);
  });

  it('unless the policy says so', () => {
    const generous = deploymentAfter({
      ...requestedStaging,
      terms: { ...oneApproval, self: true },
    } as typeof requestedStaging);

    expect(mayApprove(generous, { id: 'U0DEVELOPER', groups: ['S0PLATFORM'] }).allowed).toBe(true);
  });

  it('the requester may withdraw or change, an approver may deny or change, nobody else', () => {
    expect(mayDeny(deployment, developer)).toEqual({ allowed: true, rule: 'requester' });
    expect(mayDeny(deployment, platform)).toEqual({ allowed: true, rule: 'approve.from' });
    expect(mayDeny(deployment, visitor).allowed).toBe(false);
    expect([developer, platform, visitor].map((person) => mayRevise(deployment, person).allowed)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
