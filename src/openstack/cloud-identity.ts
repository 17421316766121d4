import { Secret } from '../secret.ts';
import type { CloudConfig, Credentials, Domain, NamedInDomain } from './cloud-config.ts';
import type { CloudProblems } from './cloud-problems.ts';

type Identity = Pick<CloudConfig, 'authUrl' | 'credentials'>;

type Kind = Credentials['kind'];

const kinds: Readonly<Record<string, Kind>> = {
  password: 'password',
  v3password: 'password',
  v3applicationcredential: 'application-credential',
  token: 'token',
  v3token: 'token',
};

const readers: Readonly<Record<Kind, (problems: CloudProblems) => Credentials | undefined>> = {
  password: readPassword,
  'application-credential': readApplicationCredential,
  token: readToken,
};

/** Who asks, and where. Undefined when something that it cannot do without is missing. */
export function readIdentity(problems: CloudProblems): Identity | undefined {
  checkVersion(problems);
  const kind = readKind(problems);
  const authUrl = readAuthUrl(problems);
  const credentials = kind === undefined ? undefined : readers[kind](problems);
  return authUrl === undefined || credentials === undefined ? undefined : { authUrl, credentials };
}

function checkVersion(problems: CloudProblems): void {
  const version = problems.entry.settings.identity_api_version;
  if (version !== undefined && !/^3(\.\d+)?$/.test(String(version))) {
    problems.wrong('identity_api_version', `is ${String(version)}; only Keystone v3 is spoken, so write 3`);
  }
}

/** What auth_type says; without it, what the credentials that are there are good for. */
function readKind(problems: CloudProblems): Kind | undefined {
  const type = problems.text('auth_type');
  if (type === undefined) return guessKind(problems.entry.settings);
  const kind = kinds[type];
  if (kind === undefined) {
    problems.wrong('auth_type', `is ${type}; write one of ${Object.keys(kinds).join(', ')}`);
  }
  return kind;
}

function guessKind(settings: Readonly<Record<string, unknown>>): Kind {
  if (settings.username || settings.user_id) {
    return settings.application_credential_secret && !settings.password ? 'application-credential' : 'password';
  }
  if (settings.application_credential_secret) return 'application-credential';
  return settings.token ? 'token' : 'password';
}

/** Keystone's address with /v3 at its end, whichever of the usual spellings was written. */
function readAuthUrl(problems: CloudProblems): string | undefined {
  const written = problems.address('auth_url');
  if (written === undefined) {
    missingAuthUrl(problems);
    return undefined;
  }
  if (!URL.canParse(written) || !/^https?:/.test(written)) {
    problems.wrong('auth_url', `is not an http address: ${written}; write https://cloud.example.org:5000/v3`);
    return undefined;
  }
  const bare = written.replace(/\/+$/, '');
  if (/\/v2\.0$/.test(bare)) {
    problems.wrong('auth_url', `ends in /v2.0, which Keystone gave up; write ${bare.replace(/v2\.0$/, 'v3')}`);
    return undefined;
  }
  // People paste the address of a token request, and Heat itself hands out addresses that end in /v3 twice.
  return `${bare.replace(/\/auth\/tokens$/, '').replace(/(\/v3)+$/, '')}/v3`;
}

function missingAuthUrl(problems: CloudProblems): void {
  const profile = problems.entry.settings.profile ?? problems.entry.settings.cloud;
  if (profile === undefined) problems.missing('auth_url', 'https://cloud.example.org:5000/v3');
  else {
    problems.wrong(
      'profile',
      `names ${String(profile)}, which no clouds-public.yaml describes with an auth_url; write auth.auth_url and region_name into the entry itself`,
    );
  }
}

function readPassword(problems: CloudProblems): Credentials | undefined {
  const user = readUser(problems);
  const project = readProject(problems);
  const password = problems.needed('password', '…');
  if (user === undefined || project === undefined || password === undefined) return undefined;
  return { kind: 'password', user, password: new Secret(password), project };
}

/** A project beside it is passed over: Keystone refuses an application credential that asks for one. */
function readApplicationCredential(problems: CloudProblems): Credentials | undefined {
  const credential = readCredentialName(problems);
  const secret = problems.needed('application_credential_secret', '…');
  if (credential === undefined || secret === undefined) return undefined;
  return { kind: 'application-credential', credential, secret: new Secret(secret) };
}

function readCredentialName(
  problems: CloudProblems,
): { id: string } | { name: string; user: NamedInDomain } | undefined {
  const id = problems.text('application_credential_id');
  if (id !== undefined) return { id };
  const name = problems.text('application_credential_name');
  if (name === undefined) {
    problems.missing('application_credential_id', '…');
    return undefined;
  }
  const user = readUser(problems); // names of application credentials are unique to a user only
  return user === undefined ? undefined : { name, user };
}

function readToken(problems: CloudProblems): Credentials | undefined {
  const project = readProject(problems);
  const token = problems.needed('token', '…');
  if (project === undefined || token === undefined) return undefined;
  return { kind: 'token', token: new Secret(token), project };
}

function readUser(problems: CloudProblems): NamedInDomain | undefined {
  const id = problems.text('user_id');
  if (id !== undefined) return { id };
  const name = problems.needed('username', 'demo');
  return name === undefined ? undefined : { name, domain: readDomain(problems, 'user') };
}

function readProject(problems: CloudProblems): NamedInDomain | undefined {
  const id = problems.text('project_id');
  if (id !== undefined) return { id };
  const name = problems.needed('project_name', 'demo');
  return name === undefined ? undefined : { name, domain: readDomain(problems, 'project') };
}

/** Falls back to the domain for both, then to the one that every Keystone is born with, as openstackclient does. */
function readDomain(problems: CloudProblems, of: 'user' | 'project'): Domain {
  for (const prefix of [`${of}_domain`, 'domain', 'default_domain']) {
    const id = problems.text(`${prefix}_id`);
    if (id !== undefined) return { id };
    const name = problems.text(`${prefix}_name`);
    if (name !== undefined) return { name };
  }
  return { id: problems.text('default_domain') ?? 'default' };
}
