import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import type { CloudConfig, Domain, NamedInDomain } from '../../src/openstack/cloud-config.ts';
import type { Secret } from '../../src/secret.ts';

/** How the controllers of a cluster prove to Keystone who they are. */
export type Login =
  | { readonly kind: 'application-credential'; readonly id: string; readonly secret: Secret }
  | {
      readonly kind: 'password';
      readonly user: NamedInDomain;
      readonly password: Secret;
      readonly projectId: string;
    };

/** What the controllers of a cluster have to know of its cloud. */
export interface CloudFacts {
  readonly cloud: Pick<CloudConfig, 'authUrl' | 'interface' | 'verify' | 'ca'>;
  readonly region: string | undefined;
  readonly login: Login;
  /** Id of the network that addresses of load balancers come from. */
  readonly floatingNetwork: string;
  /** Whether the cloud has load balancers at all. */
  readonly loadBalancers: boolean;
}

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a control plane makes its cloud.conf and the file of authorities of. Holds a secret in the clear. */
export interface CloudConfigDocument {
  readonly sections: Sections;
  /** PEM text of the authorities to trust instead of the system's own. */
  readonly ca?: string;
}

/**
 * cloud.conf as cloud-provider-openstack v1.30 and newer reads it, the controller and the Cinder driver alike; the keys
 * are those of its pkg/client/client.go and of docs/openstack-cloud-controller-manager. What clusters.yaml says wins,
 * key by key.
 */
export function cloudConfigDocument(facts: CloudFacts, overrides: ClusterSpec['cloudConfig']): CloudConfigDocument {
  const { cloud } = facts;
  const own: Sections = {
    Global: globalSection(facts),
    LoadBalancer: {
      enabled: String(facts.loadBalancers),
      'floating-network-id': facts.floatingNetwork,
      // A load balancer reaches nodes from outside their security group, so the controller has to open each port to it.
      'manage-security-groups': 'true',
    },
  };
  return { sections: laidOver(own, overrides), ...(cloud.ca !== undefined && { ca: cloud.ca }) };
}

function globalSection({ cloud, region, login }: CloudFacts): Record<string, string> {
  return {
    'auth-url': cloud.authUrl,
    ...(region !== undefined && { region }),
    ...loginKeys(login),
    ...(cloud.interface !== 'public' && { 'os-endpoint-type': cloud.interface }),
    ...(!cloud.verify && { 'tls-insecure': 'true' }),
  };
}

/** A project by its id needs no domain, and neither does an application credential, which knows its project. */
function loginKeys(login: Login): Record<string, string> {
  if (login.kind === 'application-credential') {
    return { 'application-credential-id': login.id, 'application-credential-secret': login.secret.reveal() };
  }
  const { user, password, projectId } = login;
  return { ...userKeys(user), password: password.reveal(), 'tenant-id': projectId };
}

function userKeys(user: NamedInDomain): Record<string, string> {
  return 'id' in user ? { 'user-id': user.id } : { username: user.name, ...domainKey(user.domain) };
}

function domainKey(domain: Domain): Record<string, string> {
  return 'id' in domain ? { 'user-domain-id': domain.id } : { 'user-domain-name': domain.name };
}

/** Section by section and key by key. cloud.conf does not tell capital letters from small ones in either. */
function laidOver(under: Sections, over: Sections): Sections {
  const merged: Record<string, Record<string, string>> = { ...under };
  for (const [name, keys] of Object.entries(over)) {
    const section = spelledAs(name, merged);
    const values: Record<string, string> = { ...merged[section] };
    for (const [key, value] of Object.entries(keys)) values[spelledAs(key, values)] = value;
    merged[section] = values;
  }
  return merged;
}

function spelledAs(name: string, known: object): string {
  return Object.keys(known).find((other) => other.toLowerCase() === name.toLowerCase()) ?? name;
}
