import { basename } from 'node:path';
import type { ClusterSpec } from '../../src/clusters/cluster-spec.ts';
import { type Finding, ok } from '../../src/clusters/finding.ts';

/**
 * Where the servers' Salt comes from. An image that comes without salt-call is found out only by a first boot that fails,
 * so the plan says when all depends on it.
 */
export function checkFirstBoot({ firstBoot: { salt } }: ClusterSpec): Finding {
  if (salt === undefined)
    return ok('Salt', 'the image’s own salt-call, which it must have: there is no firstBoot.salt');
  const name = basename(salt.url === undefined ? (salt.file ?? '') : new URL(salt.url).pathname);
  return ok('Salt', `${name}, from Swift`);
}
