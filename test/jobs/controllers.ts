import type { OpenStack } from '../../src/openstack/openstack.ts';

/** What the controllers of a cluster would have made in its project. */
export interface MadeByControllers {
  readonly balancer: string;
  readonly floatingIp: string;
  readonly securityGroup: string;
  readonly volume: string;
}

/**
 * Makes what cloud-provider-openstack makes for a Service of the type LoadBalancer and for a PersistentVolumeClaim, in
 * its words; the load balancer in a subnet that is there.
 */
export async function actAsControllers(
  { octavia, neutron, cinder }: OpenStack,
  cluster: string,
  { subnetId, externalNetworkId, tags = [] }: { subnetId: string; externalNetworkId: string; tags?: readonly string[] },
): Promise<MadeByControllers> {
  const service = 'default/web';
  const name = `kube_service_${cluster}_default_web`;
  const { loadbalancer } = await octavia.post<{ loadbalancer: { id: string } }>(['lbaas', 'loadbalancers'], {
    doing: 'Making a load balancer',
    ok: [201],
    body: {
      loadbalancer: {
        name,
        description: `Kubernetes external service ${service} from cluster ${cluster}`,
        vip_subnet_id: subnetId,
        tags: [name, ...tags],
      },
    },
  });
  const { floatingip } = await neutron.post<{ floatingip: { id: string } }>(['floatingips'], {
    doing: 'Making a floating IP',
    ok: [201],
    body: {
      floatingip: {
        floating_network_id: externalNetworkId,
        description: `Floating IP for Kubernetes external service ${service} from cluster ${cluster}`,
      },
    },
  });
  const { security_group } = await neutron.post<{ security_group: { id: string } }>(['security-groups'], {
    doing: 'Making a security group',
    ok: [201],
    body: {
      security_group: {
        name: 'lb-sg-1-default-web',
        description: `Security Group for ${service} Service LoadBalancer in cluster ${cluster}`,
      },
    },
  });
  const { volume } = await cinder.post<{ volume: { id: string } }>(['volumes'], {
    doing: 'Making a volume',
    ok: [202],
    body: { volume: { name: `pvc-of-${cluster}`, size: 1, metadata: { 'cinder.csi.openstack.org/cluster': cluster } } },
  });
  return {
    balancer: loadbalancer.id,
    floatingIp: floatingip.id,
    securityGroup: security_group.id,
    volume: volume.id,
  };
}
