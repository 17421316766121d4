import { type Finding, problem, warning } from '../../src/clusters/finding.ts';
import { OpenStackError } from '../../src/errors.ts';
import { listApplicationCredentials } from '../../src/openstack/keystone/application-credentials.ts';
import { trustRefusal } from '../../src/openstack/keystone/trusts.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import type { ServiceClient } from '../../src/openstack/service-client.ts';
import { type Looked, look } from './look.ts';

const label = 'Credentials';

/**
 * Whether Heat, a long build and, if there are some, the controllers of a cluster can work with credentials of this kind.
 * A password always does for Heat and for builds.
 */
export async function checkCredentials(
  openstack: OpenStack,
  signal: AbortSignal,
  { controllers = true }: { controllers?: boolean } = {},
): Promise<Finding[]> {
  const { kind } = openstack.cloud.credentials;
  const [own, forControllers] = await Promise.all([
    kind === 'password' ? [] : ownFindings(openstack, kind, signal),
    controllers ? controllerFindings(openstack, signal) : [],
  ]);
  return [...own, ...forControllers];
}

/** A credential for a cluster's controllers can be made where those of the user can be seen, as far as a look can tell. */
async function controllerFindings({ cloud, keystone }: OpenStack, signal: AbortSignal): Promise<Finding[]> {
  const refused = await look('Keystone', signal, (within) => credentialRefusal(keystone, within), {
    optional: 'Whether Keystone makes application credentials',
  });
  if (!refused.seen) return [refused.finding];
  if (refused.value === undefined) return [];
  const why = `Keystone refuses application credentials (${refused.value})`;
  if (cloud.credentials.kind === 'password') {
    return [
      warning(
        label,
        `${why}: the cluster’s controllers get the password of Slipway’s user, which every control plane can read`,
        'Ask the cloud’s operator to allow them, or switch cloudProvider.controller off',
      ),
    ];
  }
  return [
    problem(
      label,
      `${why}, and there is no password that the cluster’s controllers could log in with instead`,
      'Give Slipway a user name and a password, or switch cloudProvider.controller off',
    ),
  ];
}

/** In Keystone's words; undefined where there are application credentials. */
async function credentialRefusal(keystone: ServiceClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    await listApplicationCredentials(keystone, {}, signal);
    return undefined;
  } catch (error) {
    if (error instanceof OpenStackError && [403, 404].includes(error.status ?? 0)) return String(error.status);
    throw error;
  }
}

async function ownFindings(
  { keystone }: OpenStack,
  kind: 'application-credential' | 'token',
  signal: AbortSignal,
): Promise<Finding[]> {
  const optional = 'Whether Keystone lets Heat make trusts';
  const asked = await look('Keystone', signal, (within) => trustRefusal(keystone, within), { optional });
  const lasting =
    kind === 'token'
      ? [
          warning(
            label,
            'A token cannot be renewed: when it expires, the work breaks off',
            'Use a user name and a password',
          ),
        ]
      : [];
  return [...trustFindings(kind, asked), ...lasting];
}

function trustFindings(kind: 'application-credential' | 'token', asked: Looked<string | undefined>): Finding[] {
  if (!asked.seen) return [asked.finding];
  return asked.value === undefined ? [] : [withoutTrusts(kind, asked.value)];
}

function withoutTrusts(kind: 'application-credential' | 'token', said: string): Finding {
  const credentials = kind === 'token' ? 'this token' : 'an application credential';
  return problem(
    label,
    `Heat makes a trust for every stack, and Keystone refuses it to ${credentials}: ${said}`,
    'Use a user name and a password; or see docs/operations.md for what the cloud’s operator may allow',
  );
}
