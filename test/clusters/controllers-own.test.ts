import { expect, it } from 'vitest';
import {
  clusterOfFloatingIp,
  clusterOfLoadBalancer,
  clusterOfSecurityGroup,
  clusterOfVolume,
} from '../../src/clusters/controllers-own.ts';

it.each([
  ['kube_service_staging-abc_default_web', 'staging-abc'],
  [`kube_service_staging-abc_default_${'w'.repeat(230)}`, 'staging-abc'],
  ['kube_service_staging-abc', undefined],
  ['my_kube_service_staging-abc_default_web', undefined],
  ['slipway-staging-api', undefined],
  ['', undefined],
])('takes the load balancer %s for one of %s', (name, cluster) => {
  expect(clusterOfLoadBalancer(name)).toBe(cluster);
});

it.each([
  ['Floating IP for Kubernetes external service default/web from cluster staging-abc', 'staging-abc'],
  ['Floating IP for Kubernetes external service default/web from cluster staging-abc, spare', undefined],
  ['from cluster staging-abc', undefined],
  ['', undefined],
])('takes the floating IP “%s” for one of %s', (description, cluster) => {
  expect(clusterOfFloatingIp(description)).toBe(cluster);
});

it.each([
  ['Security Group for default/web Service LoadBalancer in cluster staging-abc', 'staging-abc'],
  ['Everything, but only among the servers of the cluster', undefined],
])('takes the security group “%s” for one of %s', (description, cluster) => {
  expect(clusterOfSecurityGroup(description)).toBe(cluster);
});

it('knows a volume by what the Cinder driver noted', () => {
  expect(clusterOfVolume({ 'cinder.csi.openstack.org/cluster': 'staging-abc', other: 'x' })).toBe('staging-abc');
  expect(clusterOfVolume({})).toBeUndefined();
});
