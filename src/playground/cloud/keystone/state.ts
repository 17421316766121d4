/** A user, project or domain: something of a name. */
export interface Domain {
  id: string;
  name: string;
}

/** A project. */
export interface Project {
  id: string;
  name: string;
  domain: Domain;
}

/** A user with a password. */
export interface User {
  id: string;
  name: string;
  password: string;
  domain: Domain;
}

/** That a user has roles in a project. */
export interface Assignment {
  user: User;
  project: Project;
  /** Names. */
  roles: readonly string[];
}

/** Who sends a request, as the token says. */
export interface Caller {
  userId: string;
  userName: string;
  projectId: string;
  projectName: string;
  domainId: string;
  roles: readonly string[];
  isAdmin: boolean;
  /** True for whom an application credential speaks; such a caller may make no trusts. */
  delegated: boolean;
}

/** A password of its own that a user made for one project. */
export interface ApplicationCredential {
  id: string;
  name: string;
  description: string | null;
  secret: string;
  user: User;
  project: Project;
  roles: readonly string[];
  unrestricted: boolean;
  expiresAt: Date | undefined;
}

/** A token that was issued. */
export interface Token {
  id: string;
  user: User;
  project: Project | undefined;
  roles: readonly string[];
  methods: readonly string[];
  /** The application credential that it was given for. */
  credential: ApplicationCredential | undefined;
  auditId: string;
  issuedAt: Date;
  expiresAt: Date;
}

/** What Keystone knows. */
export interface KeystoneState {
  readonly domains: Domain[];
  readonly projects: Project[];
  readonly users: User[];
  readonly assignments: Assignment[];
  readonly applicationCredentials: ApplicationCredential[];
  readonly tokens: Map<string, Token>;
  readonly tokenLifetimeMs: number;
}
