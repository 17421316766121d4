import type { OpenStackError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { CatalogEndpoint } from '../catalog.ts';
import type { CloudConfig, Credentials } from '../cloud-config.ts';
import { errorText } from '../error-text.ts';
import { refusal } from '../refusal.ts';
import type { Answer, Transport } from '../transport.ts';
import { authenticationRequest } from './authentication-request.ts';

/** What Keystone gives for credentials: a token, and what may be done with it where. */
export interface Authentication {
  token: Secret;
  /** How long Keystone lets it live, from issue to end: a difference of two of its own dates, so clocks may disagree. */
  lifetimeMs: number;
  projectId: string;
  userId: string;
  /** Names of the roles in the project. */
  roles: readonly string[];
  catalog: readonly CatalogEndpoint[];
}

interface WireToken {
  issued_at: string;
  expires_at: string;
  user: { id: string };
  project: { id: string };
  roles?: { name: string }[];
  catalog?: { type: string; endpoints: { interface: string; region?: string; region_id?: string; url: string }[] }[];
}

const doing = 'Logging in to OpenStack';
const context = { service: 'Keystone', method: 'POST', path: '/auth/tokens' } as const;
const deadlineMs = 30_000;

/**
 * POST /v3/auth/tokens: a token for the project of `cloud`. A wrong password and an unknown project are both a 401; an
 * application credential that is gone, and a token that has ended, are a 404.
 */
export async function authenticate(transport: Transport, cloud: CloudConfig): Promise<Authentication> {
  const answer = await transport.send({
    doing,
    context,
    url: new URL(`${cloud.authUrl}/auth/tokens`),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(authenticationRequest(cloud.credentials)),
    repeatable: true, // a token more does no harm
    streamed: false,
    deadlineMs,
  });
  const token = answer.headers['x-subject-token'];
  if (answer.status !== 201 || token === undefined) throw refused(cloud, answer);
  return authenticationFrom(new Secret(token), readToken(cloud, answer));
}

function refused(cloud: CloudConfig, answer: Answer): OpenStackError {
  const detail = { address: cloud.authUrl, cloud: cloud.name };
  return refusal(doing, context, answer, { detail, text: textFor(cloud, answer), hint: hintFor(cloud, answer) });
}

function textFor({ credentials, name }: CloudConfig, { status, text }: Answer): string {
  const said = errorText(status, text);
  return isDeadToken(credentials, status)
    ? `the token of the cloud ${name} has ended or was never good (${said})`
    : said;
}

function isDeadToken({ kind }: Credentials, status: number): boolean {
  return kind === 'token' && (status === 401 || status === 404);
}

function hintFor({ credentials, name }: CloudConfig, { status, text }: Answer): string {
  if (isDeadToken(credentials, status)) {
    return `A token cannot be renewed. Get another one (openstack token issue) and restart, or give the cloud ${name} a user and a password`;
  }
  if (/delegated token/i.test(text)) {
    return `The token of the cloud ${name} came from an application credential; use the application credential itself: auth_type: v3applicationcredential`;
  }
  if (credentials.kind === 'application-credential' && (status === 401 || status === 404)) {
    return `Check the id and the secret of the application credential of the cloud ${name}; it may have expired or been deleted: openstack application credential list`;
  }
  if (status === 401) {
    return `Check the user, the password, the project and their domains of the cloud ${name}: Keystone does not say which one is wrong`;
  }
  return status >= 500
    ? 'Try again later; if it stays, the operator of the cloud finds the reason under the request id in the log of Keystone'
    : `Check auth_url of the cloud ${name}: it should lead to Keystone v3`;
}

function readToken(cloud: CloudConfig, answer: Answer): WireToken {
  try {
    const { token } = JSON.parse(answer.text);
    if (typeof token.project.id === 'string' && typeof token.user.id === 'string') return token;
  } catch {
    // Falls through: whatever answered is not Keystone.
  }
  throw refused(cloud, { ...answer, text: 'the answer is not one of Keystone v3' });
}

function authenticationFrom(token: Secret, wire: WireToken): Authentication {
  return {
    token,
    lifetimeMs: Date.parse(wire.expires_at) - Date.parse(wire.issued_at),
    projectId: wire.project.id,
    userId: wire.user.id,
    roles: (wire.roles ?? []).map(({ name }) => name),
    catalog: (wire.catalog ?? []).flatMap(({ type, endpoints }) =>
      endpoints.map(({ interface: name, region, region_id, url }) => ({
        type,
        interface: name,
        region: region ?? region_id ?? '',
        url,
      })),
    ),
  };
}
