import { afterAll, describe } from 'vitest';
import { type RunningApi, startSomeApi } from '../playground/nodes/support.ts';
import { kubernetesContract } from './kubernetes.ts';

describe('the stand-in for a Kubernetes API', () => {
  const running: RunningApi[] = [];
  afterAll(() => Promise.all(running.map((api) => api.close())));

  kubernetesContract(async () => {
    const api = await startSomeApi();
    running.push(api);
    return api.kubeconfig('kubernetes-admin', ['kubeadm:cluster-admins']);
  });
});
