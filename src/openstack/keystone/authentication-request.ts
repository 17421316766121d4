import type { ApplicationCredentials, Credentials, NamedInDomain } from '../cloud-config.ts';

/** The body of POST /v3/auth/tokens. An application credential knows its project, and asking for one is refused. */
export function authenticationRequest(credentials: Credentials): object {
  switch (credentials.kind) {
    case 'password': {
      const { user, password, project } = credentials;
      return identified('password', { user: { ...named(user), password: password.reveal() } }, project);
    }
    case 'token':
      return identified('token', { id: credentials.token.reveal() }, credentials.project);
    case 'application-credential':
      return identified('application_credential', applicationCredential(credentials), undefined);
  }
}

function identified(method: string, proof: object, project: NamedInDomain | undefined): object {
  return {
    auth: {
      identity: { methods: [method], [method]: proof },
      ...(project === undefined ? {} : { scope: { project: named(project) } }),
    },
  };
}

function applicationCredential({ credential, secret }: ApplicationCredentials): object {
  const which = 'id' in credential ? { id: credential.id } : { name: credential.name, user: named(credential.user) };
  return { ...which, secret: secret.reveal() };
}

function named(thing: NamedInDomain): object {
  return 'id' in thing ? { id: thing.id } : { name: thing.name, domain: thing.domain };
}
