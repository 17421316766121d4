import { isNotFound } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { ServiceClient } from '../service-client.ts';

/** A password of its own for one project, which cannot be changed, only deleted. It belongs to a user. */
export interface ApplicationCredential {
  id: string;
  /** Unique to the user. */
  name: string;
  description: string;
  projectId: string;
  roles: readonly string[];
  /** Whether it may manage application credentials and, on a Keystone of before 2026, trusts. */
  unrestricted: boolean;
  expiresAt?: Date;
}

export interface CreateApplicationCredentialOptions {
  /** At most 255 characters, unique to the user. */
  name: string;
  description?: string;
  /** Names of roles that the user has in the project. All of them by default. */
  roles?: readonly string[];
  /** Never by default. */
  expiresAt?: Date;
  /** Default false, which is right for whatever a machine holds. */
  unrestricted?: boolean;
}

interface WireCredential {
  id: string;
  name: string;
  description: string | null;
  project_id: string;
  roles: { name: string }[];
  unrestricted: boolean | null;
  expires_at: string | null;
}

/**
 * POST /v3/users/{user}/application_credentials, for the project of the session. Keystone tells the secret this once.
 * 409 if the user has one of that name; 403 if the session itself is an application credential that is not unrestricted.
 */
export async function createApplicationCredential(
  keystone: ServiceClient,
  options: CreateApplicationCredentialOptions,
  signal?: AbortSignal,
): Promise<ApplicationCredential & { secret: Secret }> {
  const { name, description, roles, expiresAt, unrestricted = false } = options;
  const { application_credential: wire } = await keystone.post<{
    application_credential: WireCredential & { secret: string };
  }>(await pathOf(keystone, signal), {
    doing: `Creating the application credential ${name}`,
    ok: [201],
    body: {
      application_credential: {
        name,
        description,
        unrestricted,
        roles: roles?.map((role) => ({ name: role })),
        expires_at: expiresAt?.toISOString().replace(/Z$/, ''), // UTC, and Keystone takes no zone
      },
    },
    signal,
  });
  return { ...credentialFrom(wire), secret: new Secret(wire.secret) };
}

/** GET /v3/users/{user}/application_credentials: those of the user, in whatever project. Keystone gives all at once. */
export async function listApplicationCredentials(
  keystone: ServiceClient,
  { name }: { name?: string } = {},
  signal?: AbortSignal,
): Promise<ApplicationCredential[]> {
  const { application_credentials } = await keystone.get<{ application_credentials: WireCredential[] }>(
    await pathOf(keystone, signal),
    { doing: 'Listing the application credentials', ok: [200], query: { name }, signal },
  );
  return application_credentials.map(credentialFrom);
}

/** The user's application credential of that name, or undefined if there is none. */
export async function findApplicationCredential(
  keystone: ServiceClient,
  name: string,
  signal?: AbortSignal,
): Promise<ApplicationCredential | undefined> {
  const found = await listApplicationCredentials(keystone, { name }, signal);
  return found.find((credential) => credential.name === name);
}

/** DELETE /v3/users/{user}/application_credentials/{id}. Its tokens end with it. Fine if it is gone already. */
export async function deleteApplicationCredential(
  keystone: ServiceClient,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await keystone.delete([...(await pathOf(keystone, signal)), id], {
      doing: `Deleting the application credential ${id}`,
      ok: [204],
      signal,
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function pathOf(keystone: ServiceClient, signal: AbortSignal | undefined): Promise<string[]> {
  const { userId } = await keystone.authentication(signal);
  return ['users', userId, 'application_credentials'];
}

function credentialFrom(wire: WireCredential): ApplicationCredential {
  return {
    id: wire.id,
    name: wire.name,
    description: wire.description ?? '',
    projectId: wire.project_id,
    roles: wire.roles.map(({ name }) => name),
    unrestricted: wire.unrestricted ?? false,
    ...(wire.expires_at === null ? {} : { expiresAt: new Date(`${wire.expires_at}Z`) }),
  };
}
