import { type ClusterHealth, isWell } from '../../src/clusters/health.ts';

const pulling = /^(Init:)?(ErrImage|ImagePull|ImageInspect|RegistryUnavailable|InvalidImageName)/;
const crashing = /^(Init:)?(CrashLoopBackOff|Error|OOMKilled|ExitCode|Signal|RunContainerError|CreateContainerError)/;

/** What to do about a cluster that does not get ready. What most often is behind the rest comes first. */
export function notReadyHint({ nodes, pods }: ClusterHealth): string {
  const ill = pods.filter((pod) => !isWell(pod));
  if (ill.some(({ status }) => pulling.test(status))) {
    return 'Servers cannot fetch an image: see whether they reach its registry, directly, by a proxy, or by an image repository of your own';
  }
  const crashed = ill.find(({ status, restarts }) => crashing.test(status) || restarts > 3);
  if (crashed !== undefined) {
    return `Read why: kubectl logs --namespace kube-system ${crashed.name} --previous`;
  }
  if (nodes.some(({ ready }) => !ready)) {
    return 'A node is ready once its network plugin runs there: see the kubelet’s log on that server (journalctl --unit kubelet)';
  }
  return ill.length > 0
    ? 'Read why: kubectl describe pod --namespace kube-system, of each of these'
    : 'Look at /var/log/slipway-boot.log on the servers that are missing, and whether they reach the control plane';
}
