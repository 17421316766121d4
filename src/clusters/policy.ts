import type { Changeable } from './change.ts';
import type { ApprovalTerms, Deployment } from './deployment.ts';
import { audienceOf, type Verb } from './verbs.ts';

/** Who may do what. Ids are Slack users (U…, W…) and user groups (S…); nobody who is not named may anything. */
export interface Policy {
  readonly request: readonly string[];
  readonly approve: ApprovalTerms;
  readonly access: AccessPolicy;
  /** Who may look, besides those who are named for more. Undefined lets every full member of the workspace. */
  readonly read?: readonly string[];
  /** Who may use single commands, in the place of those whom the other keys name. */
  readonly commands?: Readonly<Partial<Record<Verb, readonly string[]>>>;
  /** Who may ask for a cluster otherwise than clusters.yaml has it, each by itself; whoever may ask where one is left out. */
  readonly change?: Readonly<Partial<Record<Changeable, readonly string[]>>>;
}

/** The policy, and those of clusters that have one of their own, complete, by the cluster's name. */
export interface Policies extends Policy {
  readonly clusters?: ReadonlyMap<string, Policy>;
}

/**
 * What somebody may do inside a cluster, from the most to the least. Kubernetes' own ClusterRoles are cluster-admin, edit
 * and view; the Salt states bind each to the group of that level.
 */
export const accessLevels = ['admin', 'edit', 'view'] as const;
export type AccessLevel = (typeof accessLevels)[number];

/** Who gets which credential for the clusters themselves. */
export interface AccessPolicy extends Readonly<Record<AccessLevel, readonly string[]>> {
  /** How long a credential holds: Kubernetes cannot take a certificate back. */
  readonly lifetimeMs: number;
}

/** A person, with the user groups that were looked up for them. */
export interface Person {
  readonly id: string;
  readonly groups: readonly string[];
}

/**
 * Yes, and which rule says so: a key of the policy such as `request` or `commands.down`, `members` for what every full
 * member of the workspace may, `requester` for what whoever asked may. Or no, why, and who may.
 */
export type Verdict =
  | { readonly allowed: true; readonly rule: string }
  | {
      readonly allowed: false;
      readonly reason: 'not-named' | 'not-an-approver' | 'own-request' | 'own-change' | 'no-access' | 'anybodys-code';
      readonly named: readonly string[];
    };

/** The same for credentials, which are of a level. */
export type AccessVerdict =
  | { readonly allowed: true; readonly rule: string; readonly level: AccessLevel }
  | Extract<Verdict, { readonly allowed: false }>;

/** People who are named by one key of the policy. */
interface NamedPeople {
  readonly rule: string;
  readonly ids: readonly string[];
}

/** The policy that holds for a cluster; the general one for none, and for a cluster that has none of its own. */
export function policyFor(policies: Policies, cluster: string | undefined): Policy {
  return (cluster === undefined ? undefined : policies.clusters?.get(cluster)) ?? policies;
}

/**
 * May this person use this verb? Not for approve and deny, which their deployment's terms decide.
 *
 * @param requestedBy who asked for the deployment that the verb is about: they may cancel it
 */
export function mayUse(verb: Verb, policy: Policy, person: Person, requestedBy?: string): Verdict {
  if (verb === 'cancel' && person.id === requestedBy) return { allowed: true, rule: 'requester' };
  if (audienceOf(verb) === 'credential') return mayAccess(policy, person);
  if (isForMembers(verb, policy)) return { allowed: true, rule: 'members' };
  return verdictOf(person, namedPeople(verb, policy), 'not-named');
}

/** The ids that decide about a verb: nobody else's membership has to be looked up. */
export function namedFor(verb: Verb, policy: Policy): string[] {
  if (isForMembers(verb, policy)) return [];
  const credential = audienceOf(verb) === 'credential' ? namedForAccess(policy) : [];
  return unique([...credential, ...idsOf(namedPeople(verb, policy))]);
}

/** May this person approve this deployment? Neither who asked for it nor who changed it last, unless the policy says so. */
export function mayApprove(deployment: Deployment, person: Person): Verdict {
  const { from, self } = deployment.terms;
  if (!isNamed(person, from)) return { allowed: false, reason: 'not-an-approver', named: from };
  if (deployment.requestedBy === person.id && !self) return { allowed: false, reason: 'own-request', named: from };
  if (deployment.changedBy === person.id && !self) return { allowed: false, reason: 'own-change', named: from };
  return { allowed: true, rule: 'approve.from' };
}

/** May this person stop a deployment that waits for approval? Approvers may, and whoever asked for it. */
export function mayDeny(deployment: Deployment, person: Person): Verdict {
  if (deployment.requestedBy === person.id) return { allowed: true, rule: 'requester' };
  return verdictOf(person, [{ rule: 'approve.from', ids: deployment.terms.from }], 'not-an-approver');
}

/** May this person change what a deployment asks for that waits for approval? Who may stop it may. */
export function mayRevise(deployment: Deployment, person: Person): Verdict {
  return mayDeny(deployment, person);
}

/** Why somebody who may ask for a cluster may not ask for it with another version, number of nodes or lifetime, if so. */
export function refusalToChange(
  what: Changeable,
  policy: Policy,
  person: Person,
): Extract<Verdict, { readonly allowed: false }> | undefined {
  const named = policy.change?.[what];
  if (named === undefined || isNamed(person, named)) return undefined;
  return { allowed: false, reason: 'not-named', named };
}

/** The ids that decide about what somebody may change: nobody else's membership has to be looked up. */
export function namedForChange({ change = {} }: Policy): string[] {
  return unique(Object.values(change).flat());
}

/**
 * Which credential for a cluster may this person have? The highest level that names them; `commands.kubeconfig` may leave
 * some of them out, and gives nobody a level.
 */
export function mayAccess(policy: Policy, person: Person): AccessVerdict {
  const level = accessLevels.find((candidate) => isNamed(person, policy.access[candidate]));
  if (level === undefined) return { allowed: false, reason: 'no-access', named: namedForAccess(policy) };
  const { kubeconfig } = policy.commands ?? {};
  if (kubeconfig !== undefined && !isNamed(person, kubeconfig)) {
    return { allowed: false, reason: 'no-access', named: kubeconfig };
  }
  return { allowed: true, rule: `access.${level}`, level };
}

/** Ids of user groups among those that a policy names. */
export function groupsIn(ids: readonly string[]): string[] {
  return ids.filter((id) => id.startsWith('S'));
}

function isForMembers(verb: Verb, { read, commands }: Policy): boolean {
  const audience = audienceOf(verb);
  return audience === 'member' || (audience === 'look' && read === undefined && commands?.[verb] === undefined);
}

function namedPeople(verb: Verb, policy: Policy): readonly NamedPeople[] {
  const own = policy.commands?.[verb];
  if (own !== undefined) return [{ rule: `commands.${verb}`, ids: own }];
  switch (audienceOf(verb)) {
    case 'ask':
      return asking(policy);
    case 'inside':
      return [...asking(policy), ...accessing(policy)];
    case 'read':
    case 'look':
      return [...asking(policy), ...accessing(policy), { rule: 'read', ids: policy.read ?? [] }];
    default:
      return [];
  }
}

function asking({ request, approve }: Policy): NamedPeople[] {
  return [
    { rule: 'request', ids: request },
    { rule: 'approve.from', ids: approve.from },
  ];
}

function accessing({ access }: Policy): NamedPeople[] {
  return accessLevels.map((level) => ({ rule: `access.${level}`, ids: access[level] }));
}

/** Everybody who may have a credential of some level, each once. */
function namedForAccess(policy: Policy): string[] {
  return unique(idsOf(accessing(policy)));
}

function verdictOf(
  person: Person,
  people: readonly NamedPeople[],
  reason: Extract<Verdict, { readonly allowed: false }>['reason'],
): Verdict {
  const found = people.find(({ ids }) => isNamed(person, ids));
  return found === undefined
    ? { allowed: false, reason, named: unique(idsOf(people)) }
    : { allowed: true, rule: found.rule };
}

function idsOf(people: readonly NamedPeople[]): string[] {
  return people.flatMap(({ ids }) => ids);
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function isNamed(person: Person, ids: readonly string[]): boolean {
  return ids.includes(person.id) || person.groups.some((group) => ids.includes(group));
}
