import { type Finding, problem, warning } from '../../src/clusters/finding.ts';
import { trustRefusal } from '../../src/openstack/keystone/trusts.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type Looked, look } from './look.ts';

const label = 'Credentials';

/** Whether Heat and a long build can work with credentials of this kind. Passwords always do. */
export async function checkCredentials({ cloud, keystone }: OpenStack, signal: AbortSignal): Promise<Finding[]> {
  const { kind } = cloud.credentials;
  if (kind === 'password') return [];
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
