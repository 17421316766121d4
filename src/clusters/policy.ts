import type { ApprovalTerms, Deployment } from './deployment.ts';

/** Who may do what. Ids are Slack users (U…, W…) and user groups (S…); nobody who is not named may anything. */
export interface Policy {
  readonly request: readonly string[];
  readonly approve: ApprovalTerms;
  readonly access: AccessPolicy;
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

export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly reason: 'not-a-requester' | 'not-an-approver' | 'own-request' | 'no-access';
      readonly named: readonly string[];
    };

/** The same for credentials, which are of a level. */
export type AccessVerdict =
  | { readonly allowed: true; readonly level: AccessLevel }
  | Extract<Verdict, { readonly allowed: false }>;

const allowed: Verdict = { allowed: true };

/** May this person ask for a cluster to be brought up or taken down? */
export function mayRequest(policy: Policy, person: Person): Verdict {
  const named = [...policy.request, ...policy.approve.from];
  return isNamed(person, named) ? allowed : { allowed: false, reason: 'not-a-requester', named };
}

/** May this person approve this deployment? The requester may not, unless the policy says so. */
export function mayApprove(deployment: Deployment, person: Person): Verdict {
  const { from, self } = deployment.terms;
  if (!isNamed(person, from)) return { allowed: false, reason: 'not-an-approver', named: from };
  if (deployment.requestedBy === person.id && !self) return { allowed: false, reason: 'own-request', named: from };
  return allowed;
}

/** May this person stop a deployment that waits for approval? Approvers may, and whoever asked for it. */
export function mayDeny(deployment: Deployment, person: Person): Verdict {
  if (deployment.requestedBy === person.id) return allowed;
  const { from } = deployment.terms;
  return isNamed(person, from) ? allowed : { allowed: false, reason: 'not-an-approver', named: from };
}

/** May this person stop a deployment that is under way? Whoever asked for it may, and all who may tear clusters down. */
export function mayCancel(deployment: Deployment, policy: Policy, person: Person): Verdict {
  return deployment.requestedBy === person.id ? allowed : mayRequest(policy, person);
}

/** May this person see what runs in a cluster? Those who may ask for clusters, and all who may have a credential. */
export function maySeeInside(policy: Policy, person: Person): Verdict {
  return mayAccess(policy, person).allowed ? allowed : mayRequest(policy, person);
}

/** Which credential for a cluster may this person have? The highest level that names them. */
export function mayAccess(policy: Policy, person: Person): AccessVerdict {
  const level = accessLevels.find((candidate) => isNamed(person, policy.access[candidate]));
  return level === undefined
    ? { allowed: false, reason: 'no-access', named: namedForAccess(policy) }
    : { allowed: true, level };
}

/** Everybody who may have a credential of some level, each once. */
export function namedForAccess({ access }: Policy): string[] {
  return [...new Set(accessLevels.flatMap((level) => access[level]))];
}

/** Ids of user groups among those that a policy names. */
export function groupsIn(ids: readonly string[]): string[] {
  return ids.filter((id) => id.startsWith('S'));
}

function isNamed(person: Person, ids: readonly string[]): boolean {
  return ids.includes(person.id) || person.groups.some((group) => ids.includes(group));
}
