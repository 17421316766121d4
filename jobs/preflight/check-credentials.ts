import { type Finding, warning } from '../../src/clusters/finding.ts';
import type { CloudConfig } from '../../src/openstack/cloud-config.ts';

/** Whether Heat and a long build can work with credentials of this kind. */
export function checkCredentials({ credentials }: Pick<CloudConfig, 'credentials'>): Finding[] {
  switch (credentials.kind) {
    case 'application-credential':
      return [
        warning(
          'Credentials',
          'Heat makes a trust for every stack, and Keystone since the fix of CVE-2026-43000 grants none to an application credential',
          'Use a user name and a password unless the cloud’s operator allows it',
        ),
      ];
    case 'token':
      return [
        warning(
          'Credentials',
          'A token ends when it ends, perhaps in the middle of the work',
          'Use a user name and a password',
        ),
      ];
    case 'password':
      return [];
  }
}
