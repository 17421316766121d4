import { oid, sequence, set, utf8String } from './der.ts';

/** Who somebody is to Kubernetes, which reads the user from a certificate's common name, its groups from organizations. */
export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

/**
 * A subject in DER: an organization for each group, then the common name.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
 */
export function distinguishedName({ user, groups }: Subject): Buffer {
  const organizations = groups.map((group) => attribute('2.5.4.10', group));
  return sequence(...organizations, attribute('2.5.4.3', user));
}

function attribute(type: string, value: string): Buffer {
  return set(sequence(oid(type), utf8String(value)));
}
