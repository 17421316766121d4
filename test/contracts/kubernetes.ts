import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../../src/kubernetes/api/create-certificate.ts';
import { KubernetesApi } from '../../src/kubernetes/api/kubernetes-api.ts';
import { cordonNode, deleteNode, listNodes, uncordonNode } from '../../src/kubernetes/api/nodes.ts';
import { evictPod, listPods, listPodsOn } from '../../src/kubernetes/api/pods.ts';
import { readyz } from '../../src/kubernetes/api/readyz.ts';
import { deleteService, listLoadBalancerServices } from '../../src/kubernetes/api/services.ts';
import {
  approveSigningRequest,
  createSigningRequest,
  deleteSigningRequest,
  readSigningRequest,
} from '../../src/kubernetes/api/signing-requests.ts';
import { serverVersion } from '../../src/kubernetes/api/version.ts';
import { listVolumes } from '../../src/kubernetes/api/volumes.ts';
import { newCertificateRequest } from '../../src/kubernetes/certificate-request.ts';
import type { Kubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { CertificateAuthority } from '../../src/playground/nodes/certificate-authority.ts';
import { Secret } from '../../src/secret.ts';
import { eventually, uniqueName } from './support.ts';

/**
 * What Slipway relies on in a Kubernetes API. The cluster needs a node, kubeadm's pods and the roles for Slipway's groups
 * (`slipway:view` …); `adminConfig` gives the kubeconfig of one of its administrators.
 */
export function kubernetesContract(adminConfig: () => Promise<Kubeconfig>): void {
  describe('Kubernetes', () => {
    const apis: KubernetesApi[] = [];
    let config: Kubeconfig;
    let admin: KubernetesApi;

    beforeAll(async () => {
      config = await adminConfig();
      admin = await connect({});
    });
    afterAll(() => {
      for (const api of apis) api.close();
    });

    async function connect(changes: Partial<Kubeconfig>): Promise<KubernetesApi> {
      const api = await KubernetesApi.connect({ ...config, ...changes });
      apis.push(api);
      return api;
    }

    async function connectAs(user: string, groups: readonly string[]): Promise<KubernetesApi> {
      return connect(await createCertificate(admin, { user, groups, lifetimeSeconds: 600 }));
    }

    async function requestNames(): Promise<(string | undefined)[]> {
      const { items } = await admin.ask({ doing: 'Listing requests' }, ({ certificates }) =>
        certificates.listCertificateSigningRequest(),
      );
      return items.map(({ metadata }) => metadata?.name);
    }

    it('says when it is ready, and which version it has', async () => {
      await readyz(admin);

      expect(await serverVersion(admin)).toMatch(/^v1\.\d+\.\d+/);
    });

    it('lists the nodes', async () => {
      const nodes = await listNodes(admin);

      expect(nodes.filter(({ role }) => role === 'control-plane').length).toBeGreaterThanOrEqual(1);
      expect(nodes[0]).toMatchObject({
        name: expect.stringMatching(/^[a-z0-9.-]+$/),
        ready: expect.any(Boolean),
        version: expect.stringMatching(/^v1\.\d+\.\d+/),
        address: expect.stringMatching(/^[0-9a-f.:]+$/),
      });
    });

    it('lists the pods of a namespace', async () => {
      const [node] = (await listNodes(admin)).filter(({ role }) => role === 'control-plane');

      const pods = await listPods(admin, 'kube-system');

      expect(pods.find(({ name }) => name === `kube-apiserver-${node?.name}`)).toEqual({
        name: `kube-apiserver-${node?.name}`,
        ready: '1/1',
        status: 'Running',
        restarts: expect.any(Number),
        node: node?.name,
        startedAt: expect.any(Number),
      });
      expect(await listPods(admin, uniqueName('nothing'))).toEqual([]);
    });

    it('keeps new pods from a node, and lets them come again', async () => {
      const [node] = await listNodes(admin);
      const name = node?.name ?? '';
      const cordoned = async () => (await listNodes(admin)).find((one) => one.name === name)?.cordoned;

      await cordonNode(admin, name);
      await cordonNode(admin, name);
      const after = await cordoned();
      await uncordonNode(admin, name);

      expect([after, await cordoned()]).toEqual([true, undefined]);
    });

    it('knows no node that is gone, and removes it nevertheless', async () => {
      const name = uniqueName('gone');

      await deleteNode(admin, name);

      await expect(cordonNode(admin, name)).rejects.toMatchObject({ status: 404, reason: 'NotFound' });
      expect(await listPodsOn(admin, name)).toEqual([]);
    });

    it('tells of each pod on a node whether it moves when that is drained', async () => {
      const nodes = (await listNodes(admin)).filter(({ role }) => role === 'control-plane');
      const name = nodes[0]?.name ?? '';

      const pods = await listPodsOn(admin, name);

      const becomes = (start: string) => pods.find((pod) => pod.name.startsWith(start))?.whenDrained;
      expect([becomes(`etcd-${name}`), becomes('kube-proxy-')]).toEqual(['stays', 'stays']);
      expect(pods.every(({ namespace, alone }) => namespace !== 'kube-system' || !alone)).toBe(true);
    });

    describe('with a pod of somebody’s', () => {
      const name = uniqueName('pod');
      const pod = { namespace: 'default', name };

      beforeAll(async () => {
        const spec = { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }] };
        const body = { metadata: { name, labels: { app: name } }, spec };
        await admin.ask({ doing: 'Making a pod' }, ({ core }) =>
          core.createNamespacedPod({ namespace: 'default', body }),
        );
        await eventually(async () => {
          const pods = await listPods(admin, 'default');
          return pods.some((one) => one.name === name && one.status === 'Running') || undefined;
        }, 200);
      });
      async function budget(minAvailable: number, change: 'make' | 'remove'): Promise<void> {
        const body = { metadata: { name }, spec: { minAvailable, selector: { matchLabels: { app: name } } } };
        await admin.ask(
          { doing: 'Making a budget' },
          async ({ policy }): Promise<unknown> =>
            change === 'make'
              ? policy.createNamespacedPodDisruptionBudget({ namespace: 'default', body })
              : policy.deleteNamespacedPodDisruptionBudget({ namespace: 'default', name }),
        );
      }

      it('evicts it when no budget needs it any more, and is content with one that is gone', async () => {
        await budget(1, 'make');
        const held = await evictPod(admin, pod);
        await budget(1, 'remove');
        const released = await eventually(async () => {
          const eviction = await evictPod(admin, pod);
          return eviction.accepted ? eviction : undefined;
        }, 200);
        await eventually(async () => !(await listPods(admin, 'default')).some((one) => one.name === name), 200);

        expect(held).toEqual({
          accepted: false,
          reason: expect.stringContaining("violate the pod's disruption budget"),
        });
        expect(released).toEqual({ accepted: true });
        expect(await evictPod(admin, pod)).toEqual({ accepted: true });
      });
    });

    it('signs a certificate for a user, with which they can do what their group may', async () => {
      const before = Date.now();

      const { certificate, key, until } = await createCertificate(admin, {
        user: 'alice',
        groups: ['slipway:view'],
        lifetimeSeconds: 3600,
      });

      const alice = await connect({ certificate, key });
      expect(new X509Certificate(certificate).subject).toBe('O=slipway:view\nCN=alice');
      expect(until.getTime() - before).toBeGreaterThan(3000_000);
      expect(until.getTime() - before).toBeLessThan(4000_000);
      expect((await listPods(alice, 'kube-system')).length).toBeGreaterThan(0);
    });

    it('keeps no request for a certificate', async () => {
      await createCertificate(admin, { user: 'bob', groups: [], lifetimeSeconds: 600 });

      expect((await requestNames()).filter((name) => name?.startsWith('slipway-'))).toEqual([]);
    });

    it('does not sign before it is approved, and forgets a request that is deleted', async () => {
      const name = uniqueName('request');
      const { request } = newCertificateRequest({ user: 'carol', groups: [] });

      await createSigningRequest(admin, { name, request, expirationSeconds: 600 });

      expect(await readSigningRequest(admin, name)).toEqual({ name });
      await approveSigningRequest(admin, name);
      const signed = await eventually(async () => (await readSigningRequest(admin, name)).certificate, 100);
      expect(new X509Certificate(signed).subject).toBe('CN=carol');
      await deleteSigningRequest(admin, name);
      await deleteSigningRequest(admin, name);
      expect(await requestNames()).not.toContain(name);
    });

    it('makes nobody a member of the group that may do everything', async () => {
      const mighty = createCertificate(admin, { user: 'eve', groups: ['system:masters'], lifetimeSeconds: 600 });

      await expect(mighty).rejects.toMatchObject({ problem: 'refused', status: 403, reason: 'Forbidden' });
      await expect(mighty).rejects.toThrow(/^Asking the cluster for a certificate: .*system:masters/);
    });

    it('does not sign for less than ten minutes', async () => {
      const { request } = newCertificateRequest({ user: 'dave', groups: [] });
      const short = createSigningRequest(admin, { name: uniqueName('short'), request, expirationSeconds: 599 });

      await expect(short).rejects.toMatchObject({ problem: 'answered', status: 422, reason: 'Invalid' });
      await expect(short).rejects.toThrow('expirationSeconds');
    });

    it('refuses a request for a certificate that is none', async () => {
      const broken = createSigningRequest(admin, { name: uniqueName('no'), request: 'x', expirationSeconds: 600 });

      await expect(broken).rejects.toMatchObject({ status: 422 });
    });

    it('lists Services that want a load balancer, and deletes them, also one that is gone', async () => {
      const name = uniqueName('service');
      const body = { metadata: { name }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } };
      await admin.ask({ doing: 'Making a Service' }, ({ core }) =>
        core.createNamespacedService({ namespace: 'default', body }),
      );
      const ours = async () => (await listLoadBalancerServices(admin)).filter((service) => service.name === name);

      expect(await ours()).toMatchObject([{ namespace: 'default', name }]);
      await deleteService(admin, { namespace: 'default', name });

      await eventually(async () => (await ours()).length === 0 || undefined, 200);
      await deleteService(admin, { namespace: 'default', name });
    });

    it('lists volumes, with what they are called in the cloud', async () => {
      const name = uniqueName('volume');
      const csi = { driver: 'cinder.csi.openstack.org', volumeHandle: '0b1c' };
      const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], csi };
      await admin.ask({ doing: 'Making a volume' }, ({ core }) =>
        core.createPersistentVolume({
          body: { metadata: { name }, spec: { ...spec, persistentVolumeReclaimPolicy: 'Retain' } },
        }),
      );

      const volumes = await listVolumes(admin);

      expect(volumes.find((volume) => volume.name === name)).toMatchObject({
        capacity: '1Gi',
        reclaimPolicy: 'Retain',
        csi,
      });
      await admin.ask({ doing: 'Removing a volume' }, ({ core }) => core.deletePersistentVolume({ name }));
    });

    it('lets somebody who may only look neither delete nor ask for certificates', async () => {
      const viewer = await connectAs('frank', ['slipway:view']);
      const refused = { problem: 'refused', status: 403, reason: 'Forbidden', retryable: false };

      const deletion = deleteService(viewer, { namespace: 'default', name: 'kubernetes' });
      await expect(deletion).rejects.toMatchObject(refused);
      await expect(deletion).rejects.toThrow('User "frank" cannot delete resource "services"');
      const certificate = createCertificate(viewer, { user: 'x', groups: ['slipway:admin'], lifetimeSeconds: 600 });
      await expect(certificate).rejects.toMatchObject(refused);
    });

    it('lets somebody who may edit neither ask for certificates nor see volumes', async () => {
      const editor = await connectAs('grace', ['slipway:edit']);

      const certificate = createCertificate(editor, { user: 'x', groups: ['slipway:admin'], lifetimeSeconds: 600 });
      await expect(certificate).rejects.toMatchObject({ status: 403 });
      await expect(listVolumes(editor)).rejects.toMatchObject({ status: 403 });
    });

    it('lets somebody of the group for administrators do everything', async () => {
      const other = await connectAs('heidi', ['slipway:admin']);

      const { certificate } = await createCertificate(other, { user: 'ivan', groups: [], lifetimeSeconds: 600 });

      expect(new X509Certificate(certificate).subject).toBe('CN=ivan');
    });

    it('does nothing for somebody without a group', async () => {
      const nobody = await connectAs('judy', []);

      await readyz(nobody);
      await expect(listNodes(nobody)).rejects.toMatchObject({ status: 403 });
    });

    it('knows nobody with a certificate of another cluster', async () => {
      const { cert, key } = new CertificateAuthority().issueClient({ user: 'eve', groups: ['slipway:admin'] });
      const stranger = await connect({ certificate: cert, key: new Secret(key) });

      await expect(listNodes(stranger)).rejects.toMatchObject({ problem: 'refused', status: 401, retryable: false });
    });

    it('is not talked to when another authority has signed its certificate', async () => {
      const elsewhere = await connect({ ca: new CertificateAuthority().certificate });

      await expect(readyz(elsewhere)).rejects.toMatchObject({ problem: 'refused', status: undefined });
      await expect(readyz(elsewhere)).rejects.toThrow("is not signed by the cluster's authority");
    });
  });
}
