import { ApiFailure } from './failure.ts';
import type { Identity } from './identity.ts';
import type { Target, Verb } from './target.ts';

interface Rule {
  readonly verbs: readonly Verb[];
  readonly resources: readonly string[];
}

const everything = 'everything';
const view: Rule = { verbs: ['get', 'list'], resources: ['pods', 'services'] };
const edit: Rule = { verbs: ['create', 'update', 'delete'], resources: ['services'] };

/**
 * What groups may do: those of Kubernetes' own roles that the stand-in has anything of. Neither `view` nor `edit` reaches
 * what belongs to no namespace, such as nodes.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
 */
const rules: Readonly<Record<string, readonly Rule[] | typeof everything>> = {
  'system:masters': everything,
  'kubeadm:cluster-admins': everything,
  'slipway:admin': everything,
  'slipway:edit': [view, edit],
  'slipway:view': [view],
};

/** @throws ApiFailure in the words of a real API when none of the groups may do it. */
export function authorize({ user, groups }: Identity, verb: Verb, target: Target): void {
  if (groups.some((group) => mayDo(group, verb, target))) return;
  const { group, resource, namespace, name, subresource } = target;
  const what = [resource, subresource].filter(Boolean).join('/');
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const subject = name === undefined ? what : `${what} "${name}"`;
  throw new ApiFailure(
    'Forbidden',
    `${subject} is forbidden: User "${user}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`,
  );
}

function mayDo(group: string, verb: Verb, { resource }: Target): boolean {
  const granted = rules[group] ?? [];
  return (
    granted === everything || granted.some((rule) => rule.verbs.includes(verb) && rule.resources.includes(resource))
  );
}
