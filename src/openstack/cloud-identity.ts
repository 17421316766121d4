import type { CloudConfig, Domain, NamedInDomain } from './cloud-config.ts';
import type { CloudProblems } from './cloud-problems.ts';
import { Secret } from './secret.ts';

type Identity = Pick<CloudConfig, 'authUrl' | 'user' | 'password' | 'project'>;

/** Who asks, where and for which project. Undefined when something that it cannot do without is missing. */
export function readIdentity(problems: CloudProblems): Identity | undefined {
  checkPlugin(problems);
  const authUrl = readAuthUrl(problems);
  const user = readUser(problems);
  const password = problems.text('password');
  const project = readProject(problems);

  if (password === undefined) problems.missing('password', '…');
  if (authUrl === undefined || user === undefined || password === undefined || project === undefined) return undefined;
  return { authUrl, user, password: new Secret(password), project };
}

function checkPlugin(problems: CloudProblems): void {
  const type = problems.text('auth_type') ?? 'password';
  if (type !== 'password' && type !== 'v3password') {
    problems.wrong(
      'auth_type',
      `is ${type}; use password, since Heat needs a trust and Keystone grants none to an application credential or a bare token`,
    );
  }
  const version = problems.entry.settings.identity_api_version;
  if (version !== undefined && !/^3(\.\d+)?$/.test(String(version))) {
    problems.wrong('identity_api_version', `is ${String(version)}; only Keystone v3 is spoken, so write 3`);
  }
}

/** Keystone's address with /v3 at its end, whichever of the usual spellings was written. */
function readAuthUrl(problems: CloudProblems): string | undefined {
  const written = problems.text('auth_url');
  if (written === undefined) {
    problems.missing('auth_url', 'https://cloud.example.org:5000/v3');
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
  // Heat itself hands addresses to servers that end in /v3 twice.
  return `${bare.replace(/(\/v3)+$/, '')}/v3`;
}

function readUser(problems: CloudProblems): NamedInDomain | undefined {
  const id = problems.text('user_id');
  if (id !== undefined) return { id };
  const name = problems.text('username');
  if (name !== undefined) return { name, domain: readDomain(problems, 'user') };
  problems.missing('username', 'demo');
  return undefined;
}

function readProject(problems: CloudProblems): NamedInDomain | undefined {
  const id = problems.firstText(['project_id', 'tenant_id']);
  if (id !== undefined) return { id };
  const name = problems.firstText(['project_name', 'tenant_name']);
  if (name !== undefined) return { name, domain: readDomain(problems, 'project') };
  problems.missing('project_name', 'demo');
  return undefined;
}

/** Falls back to `domain_*` for both, then to the domain that every Keystone is born with, as openstackclient does. */
function readDomain(problems: CloudProblems, of: 'user' | 'project'): Domain {
  const id = problems.text(`${of}_domain_id`);
  if (id !== undefined) return { id };
  const name = problems.text(`${of}_domain_name`);
  if (name !== undefined) return { name };
  const sharedId = problems.text('domain_id');
  if (sharedId !== undefined) return { id: sharedId };
  const sharedName = problems.text('domain_name');
  return sharedName === undefined ? { id: 'default' } : { name: sharedName };
}
