import { describe, expect, it } from 'vitest';
import { kubeSystemPods } from '../../../src/playground/nodes/kube-system.ts';
import { bootedNode, someSettings } from './support.ts';

const controlPlane = bootedNode({ name: 'cp' });
const node = bootedNode({ name: 'n1', role: 'node' });

const random = '[bcdfghjklmnpqrstvwxz2456789]';
const suffix = new RegExp(`(-${random}{10})?-${random}{5}$`);

/** Pods with what makes their names unique taken off, and the node of each. */
function pods(...args: Parameters<typeof kubeSystemPods>): string[] {
  return kubeSystemPods(...args)
    .map(({ name, node: on }) => `${name.replace(suffix, '')} ${on?.name}`)
    .sort();
}

describe('kubeSystemPods', () => {
  it('has on each server what kubeadm and the addons would run there', () => {
    expect(pods([controlPlane, node], someSettings)).toEqual([
      'coredns cp',
      'coredns n1',
      'etcd-cp cp',
      'kube-apiserver-cp cp',
      'kube-controller-manager-cp cp',
      'kube-flannel-ds cp',
      'kube-flannel-ds n1',
      'kube-proxy cp',
      'kube-proxy n1',
      'kube-scheduler-cp cp',
      'openstack-cinder-csi-controllerplugin cp',
      'openstack-cinder-csi-nodeplugin cp',
      'openstack-cinder-csi-nodeplugin n1',
      'openstack-cloud-controller-manager cp',
    ]);
  });

  it('leaves out what a cluster does not have', () => {
    const names = pods([controlPlane], { cni: 'calico', cloud_provider: false, cinder_csi: false }).join();

    expect(names).toContain('calico-node cp');
    expect(names).not.toMatch(/openstack|flannel/);
  });

  it('leaves the name service waiting where there is no network', () => {
    const names = pods([controlPlane], { ...someSettings, cni: 'none' });

    expect(names.filter((name) => name.startsWith('coredns'))).toEqual(['coredns undefined', 'coredns undefined']);
  });

  it('calls a pod the same whenever asked, and no two the same', () => {
    const names = kubeSystemPods([controlPlane, node], someSettings).map(({ name }) => name);

    expect(kubeSystemPods([controlPlane, node], someSettings).map(({ name }) => name)).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
  });
});
