import { createHash } from 'node:crypto';

/** Which release: the same commit, made the same way, is the same one. */
export interface ReleaseKey {
  /** Full hash. */
  readonly commit: string;
  /** As Go names platforms: linux/amd64. */
  readonly platform: string;
  readonly target: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Name of a release's directory and of its log. */
export function releaseId({ commit, platform, target, variables }: ReleaseKey): string {
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = createHash('sha256').update(JSON.stringify([platform, target, sorted]));
  return `${commit}-${key.digest('hex').slice(0, 12)}`;
}

/** The tarball that nodes install themselves from, as the scripts name it (build/lib/release.sh). */
export function serverTarballName(platform: string): string {
  return `kubernetes-server-${platform.replace('/', '-')}.tar.gz`;
}
