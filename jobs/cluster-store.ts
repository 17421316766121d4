import { clusterObjects } from '../src/clusters/names.ts';
import type { HostStore, SignedStore } from '../src/clusters/stack.ts';
import { signObjectsUrl, signObjectUrl } from '../src/openstack/swift/temp-url.ts';
import { type Run, resultOf } from './run.ts';
import { signingKey } from './signing-key.ts';

/**
 * Ten years: a control plane writes how nodes join, and how its pods are, for as long as the cluster lives, and a server
 * that Heat makes anew reads by the URLs that its stack was last updated with. That they live so long does no harm: each
 * opens one object of one cluster, or what its servers have of their own below its deployment (a log, an instruction to
 * upgrade, its outcome), and all of them are void as soon as the container goes with the cluster, since the key that signed
 * them is the container's own.
 */
export const urlLifetimeMs = 10 * 365 * 24 * 3_600_000;

/** What servers put in the place of this: their host name. */
const hostPlaceholder = '@HOST@';

/** Signed URLs to what the servers of a cluster may read and write in its container, each for one method and one object. */
export async function signedStore(run: Run): Promise<SignedStore> {
  const { openstack, deployment, signal } = run;
  const { container, kind } = resultOf(deployment, 'credential');
  const key = await signingKey(run, container);
  const objects = clusterObjects(deployment.id);

  const sign = (method: 'GET' | 'PUT', object: string) =>
    signObjectUrl(openstack.swift, { container, object, key, method, lifetimeMs: urlLifetimeMs }, signal);
  const signOwn = (method: 'GET' | 'PUT', prefix: string, ending: string) =>
    signObjectsUrl(
      openstack.swift,
      { container, prefix, rest: `${hostPlaceholder}${ending}`, key, method, lifetimeMs: urlLifetimeMs },
      signal,
    );
  const own: HostStore = {
    log_put: await signOwn('PUT', objects.logs, '.log'),
    upgrade_get: await signOwn('GET', objects.instructions, '.json'),
    upgrade_put: await signOwn('PUT', objects.outcomes, '.json'),
  };
  return {
    controlPlane: {
      ...(kind !== 'none' && { cloud_config_get: await sign('GET', objects.cloudConfig) }),
      join_node_put: await sign('PUT', objects.joinNode),
      join_control_plane_get: await sign('GET', objects.joinControlPlane),
      join_control_plane_put: await sign('PUT', objects.joinControlPlane),
      admin_conf_put: await sign('PUT', objects.adminConf),
      report_put: await sign('PUT', objects.report),
      ...own,
    },
    node: { join_node_get: await sign('GET', objects.joinNode), ...own },
  };
}
