import { Readable } from 'node:stream';
import { clusterContainer, clusterObjects, isDeploymentOf } from '../src/clusters/names.ts';
import type { CredentialResult } from '../src/clusters/steps.ts';
import { ConfigError } from '../src/errors.ts';
import { findNetwork } from '../src/openstack/neutron/networks.ts';
import { deleteObject, listObjects, putObject } from '../src/openstack/swift/objects.ts';
import { ensurePrivateContainer } from '../src/openstack/swift/private-container.ts';
import { type CloudConfigDocument, type CloudFacts, cloudConfigDocument } from './credential/cloud-config-document.ts';
import { clusterLogin } from './credential/cluster-login.ts';
import { credentialsOfCluster, revokeCredentials } from './credential/revoke-credentials.ts';
import type { Run } from './run.ts';
import { whoseThingsStay } from './whose-things-stay.ts';

/**
 * Makes sure that the cluster has a private container of its own and, unless it goes without controllers of the cloud,
 * that cloud-config.json there says how they log in. What earlier clusters of the name have left goes. The secret is in
 * that object alone: neither in the result nor in an event.
 */
export async function credential(run: Run): Promise<CredentialResult> {
  const { openstack, deployment, step, signal, log } = run;
  const container = clusterContainer(deployment.cluster);
  await step.checkpoint();
  await ensurePrivateContainer(openstack.swift, container, log, signal);
  await removeLeftovers(run, container);
  if (!deployment.spec.cloudProvider.controller) return { container, kind: 'none' };

  // Looked up first: nothing may come between the secret and the object that keeps it.
  const facts = await cloudFacts(run);
  const found = await clusterLogin(run);
  if ('kept' in found) return { container, kind: 'application-credential', id: found.kept.id };
  const { login } = found;
  await putCloudConfig(run, container, cloudConfigDocument({ ...facts, login }, deployment.spec.cloudConfig));
  return { container, kind: login.kind, ...(login.kind === 'application-credential' && { id: login.id }) };
}

/** What was made for other deployments of the cluster, save those whose stack is there, and nothing else. */
async function removeLeftovers(run: Run, container: string): Promise<void> {
  const { openstack, deployment, signal } = run;
  const needed = await whoseThingsStay(run);
  const stays = (id: string) => id === deployment.id || needed(id);
  for (const { name } of await listObjects(openstack.swift, container, {}, signal)) {
    const [owner = ''] = name.split('/');
    if (!isDeploymentOf(owner, deployment.cluster) || stays(owner)) continue;
    await deleteObject(openstack.swift, container, name, signal);
  }
  await revokeCredentials(run, await credentialsOfCluster(run, stays));
}

async function putCloudConfig(run: Run, container: string, document: CloudConfigDocument): Promise<void> {
  const { openstack, deployment, step, signal } = run;
  const content = Buffer.from(JSON.stringify(document));
  const { cloudConfig } = clusterObjects(deployment.id);
  const put = { container, object: cloudConfig, size: content.length, contentType: 'application/json' };
  // Whoever has taken over meanwhile has made another credential, and this one is gone.
  await step.checkpoint();
  await putObject(openstack.swift, { ...put, content: () => Readable.from([content]) }, signal);
}

/** All that the controllers have to know but how they log in. */
async function cloudFacts({ openstack, deployment, signal }: Run): Promise<Omit<CloudFacts, 'login'>> {
  const { cloud, keystone, neutron } = openstack;
  const { external } = deployment.spec.network;
  const network = await findNetwork(neutron, external, { external: true }, signal);
  if (network === undefined) throw noSuchNetwork(external);
  const { catalog } = await keystone.authentication(signal);
  const compute = catalog.find(({ type, interface: name }) => type === 'compute' && name === cloud.interface);
  return {
    cloud,
    region: cloud.region ?? compute?.region,
    floatingNetwork: network.id,
    loadBalancers: await openstack.offers('octavia', signal),
  };
}

function noSuchNetwork(name: string): ConfigError {
  return new ConfigError(`There is no external network ${name}`, [
    `network.external names ${name}, which Neutron does not show; write the name or id of a network that it does`,
  ]);
}
