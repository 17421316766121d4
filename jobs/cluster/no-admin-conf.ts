import { isTerminal } from '../../src/clusters/deployment.ts';
import { clusterContainer } from '../../src/clusters/names.ts';
import { DeployError } from '../../src/errors.ts';
import type { KnownCluster } from './known-cluster.ts';

/** There is nothing to log in to a cluster with. What that means depends on how far its deployment has come. */
export function noAdminConf({ cluster, maker }: KnownCluster): DeployError {
  const container = clusterContainer(cluster);
  if (maker !== undefined && !isTerminal(maker.state)) {
    return new DeployError(
      'no_admin_conf',
      `${cluster} is coming up; its control plane has not handed over admin.conf yet`,
      {
        hint: `Ask again in a minute; /k8s status ${cluster} tells how far it is`,
      },
    );
  }
  if (maker?.state === 'succeeded') {
    return new DeployError(
      'no_admin_conf',
      `There is no admin.conf of ${cluster} in the Swift container ${container}`,
      {
        hint: 'A version of Slipway that kept none brought it up, or somebody removed it; a cluster that is brought up anew has one',
      },
    );
  }
  return new DeployError('no_admin_conf', `The control plane of ${cluster} never handed over its admin.conf`, {
    hint: 'Look at /var/log/slipway-boot.log on it, or tear the cluster down and bring it up anew',
  });
}
