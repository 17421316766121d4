import type { Secret } from './secret.ts';

/** Something that Keystone knows by a name within a domain, or by an id of its own. */
export type NamedInDomain = { id: string } | { name: string; domain: Domain };

/** A Keystone domain. */
export type Domain = { id: string } | { name: string };

/** Which of a service's addresses to use. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** Everything that is needed to talk to one project of one OpenStack cloud. */
export interface CloudConfig {
  /** The name in clouds.yaml; `environment` when it came from OS_* variables. */
  name: string;
  /** Keystone's address, ending in /v3. */
  authUrl: string;
  user: NamedInDomain;
  password: Secret;
  project: NamedInDomain;
  region?: string;
  interface: EndpointInterface;
  /** Catalog type (`object-store`, `orchestration` …) to the address that replaces the catalog's. */
  endpointOverrides: Readonly<Record<string, string>>;
  /** PEM text of the authorities to trust besides the system's own. */
  ca?: string;
  /** False when clouds.yaml says `verify: false`. */
  verify: boolean;
}
