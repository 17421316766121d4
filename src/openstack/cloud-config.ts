import type { Secret } from '../secret.ts';

/** Something that Keystone knows by a name within a domain, or by an id of its own. */
export type NamedInDomain = { id: string } | { name: string; domain: Domain };

/** A Keystone domain. */
export type Domain = { id: string } | { name: string };

/** Which of a service's addresses to use. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** A user with a password. The project may be in another domain than the user. */
export interface PasswordCredentials {
  kind: 'password';
  user: NamedInDomain;
  password: Secret;
  project: NamedInDomain;
}

/** An application credential. It belongs to one project for good, so none is named; a name of its own needs the user. */
export interface ApplicationCredentials {
  kind: 'application-credential';
  credential: { id: string } | { name: string; user: NamedInDomain };
  secret: Secret;
}

/** A token that somebody got elsewhere. It ends when it ends: nothing can make a longer-lived one of it. */
export interface TokenCredentials {
  kind: 'token';
  token: Secret;
  project: NamedInDomain;
}

/** The ways to prove to Keystone who asks. */
export type Credentials = PasswordCredentials | ApplicationCredentials | TokenCredentials;

/** What shows a service over TLS who calls, in PEM. */
export interface ClientCertificate {
  cert: string;
  key: Secret;
}

/** Everything that is needed to talk to one project of one OpenStack cloud. */
export interface CloudConfig {
  /** The name in clouds.yaml; `environment` when it came from OS_* variables. */
  name: string;
  /** Keystone's address, ending in /v3. */
  authUrl: string;
  credentials: Credentials;
  region?: string;
  interface: EndpointInterface;
  /** Catalog type (`object-store`, `orchestration` …) or project (`swift`, `heat` …) to the address to use instead. */
  endpointOverrides: Readonly<Record<string, string>>;
  /** PEM text of the authorities to trust instead of the system's own. */
  ca?: string;
  clientCertificate?: ClientCertificate;
  /** False when clouds.yaml says `verify: false`. */
  verify: boolean;
}
