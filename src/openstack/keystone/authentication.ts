import { OpenStackError } from '../../errors.ts';
import type { CatalogEndpoint } from '../catalog.ts';
import type { CloudConfig, NamedInDomain } from '../cloud-config.ts';
import { errorText } from '../error-text.ts';
import { Secret } from '../secret.ts';
import type { Answer, Transport } from '../transport.ts';

/** What Keystone gives for a password: a token, and what may be done with it where. */
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

/** POST /v3/auth/tokens: a token for the project of `cloud`. A wrong password and an unknown project are both a 401. */
export async function authenticate(transport: Transport, cloud: CloudConfig): Promise<Authentication> {
  const answer = await transport.send({
    doing,
    context,
    url: new URL(`${cloud.authUrl}/auth/tokens`),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(passwordRequest(cloud)),
    repeatable: true, // a token more does no harm
    streamed: false,
    deadlineMs,
  });
  const token = answer.headers['x-subject-token'];
  if (answer.status !== 201 || token === undefined) throw refusal(cloud, answer);
  return authenticationFrom(new Secret(token), readToken(cloud, answer));
}

function passwordRequest({ user, password, project }: CloudConfig): object {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { ...named(user), password: password.reveal() } },
      },
      scope: { project: named(project) },
    },
  };
}

function named(thing: NamedInDomain): object {
  return 'id' in thing ? { id: thing.id } : { name: thing.name, domain: thing.domain };
}

function refusal(cloud: CloudConfig, { status, headers, text }: Answer): OpenStackError {
  const requestId = headers['x-openstack-request-id'];
  return new OpenStackError(
    `${doing}: ${errorText(status, text)} (Keystone, ${status})`,
    { ...context, status, ...(requestId === undefined ? {} : { requestId }) },
    {
      detail: { address: cloud.authUrl, cloud: cloud.name },
      hint:
        status === 401
          ? `Check the user, the password, the project and their domains of the cloud ${cloud.name}: Keystone does not say which one is wrong`
          : `Check auth_url of the cloud ${cloud.name}: it should lead to Keystone v3`,
    },
  );
}

function readToken(cloud: CloudConfig, answer: Answer): WireToken {
  try {
    const { token } = JSON.parse(answer.text);
    if (typeof token.project.id === 'string' && typeof token.user.id === 'string') return token;
  } catch {
    // Falls through: whatever answered is not Keystone.
  }
  throw refusal(cloud, { ...answer, text: 'the answer is not one of Keystone v3' });
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
