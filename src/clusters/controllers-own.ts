/**
 * How the controllers of a cluster mark what they make in its project, as cloud-provider-openstack writes it:
 * pkg/openstack/loadbalancer.go for load balancers, floating IPs and security groups, pkg/csi/cinder for volumes. Each
 * has the id that the cluster was given, in which no underscore and no blank may stand.
 */

/** The cluster whose Service a load balancer was made for, by its name or one of its tags. */
export function clusterOfLoadBalancer(name: string): string | undefined {
  return /^kube_service_([^_]+)_/.exec(name)?.[1];
}

/** The cluster whose Service a floating IP was made for, by its description. */
export function clusterOfFloatingIp(description: string): string | undefined {
  return /^Floating IP for Kubernetes external service \S+ from cluster (\S+)$/.exec(description)?.[1];
}

/** The cluster whose Service a security group was made for, by its description. */
export function clusterOfSecurityGroup(description: string): string | undefined {
  return /^Security Group for \S+ Service LoadBalancer in cluster (\S+)$/.exec(description)?.[1];
}

/** The cluster that a volume was made for, by its metadata. */
export function clusterOfVolume(metadata: Readonly<Record<string, string>>): string | undefined {
  return metadata['cinder.csi.openstack.org/cluster'];
}
