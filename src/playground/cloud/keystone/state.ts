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
}

/** A token that was issued. */
export interface Token {
  id: string;
  user: User;
  project: Project | undefined;
  roles: readonly string[];
  methods: readonly string[];
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
  readonly tokens: Map<string, Token>;
  readonly tokenLifetimeMs: number;
}
