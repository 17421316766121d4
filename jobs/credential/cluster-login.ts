import { clusterContainer, clusterObjects, credentialName } from '../../src/clusters/names.ts';
import { DeployError, isConflict, type OpenStackError } from '../../src/errors.ts';
import {
  createApplicationCredential,
  deleteApplicationCredential,
  findApplicationCredential,
} from '../../src/openstack/keystone/application-credentials.ts';
import { findObjectText } from '../../src/openstack/swift/objects.ts';
import type { Run } from '../run.ts';
import type { Login } from './cloud-config-document.ts';
import { isNo } from './revoke-credentials.ts';

/** What the deployment has in Keystone already, whose secret is in Swift; or a login whose secret is to be put there. */
export type ClusterLogin = { readonly kept: { readonly id: string } } | { readonly login: Login };

/**
 * How the cluster's controllers are to log in. Keystone tells the secret of an application credential once, to whoever
 * makes it: if it did not get as far as Swift then, the credential is of no use, and goes before another one is made.
 */
export async function clusterLogin(run: Run): Promise<ClusterLogin> {
  const { openstack, deployment, step, signal } = run;
  try {
    const existing = await findApplicationCredential(openstack.keystone, credentialName(deployment.id), signal);
    if (existing !== undefined && existing.id === (await idInSwift(run))) return { kept: existing };
    await step.checkpoint();
    return { login: await newCredential(run, existing?.id) };
  } catch (error) {
    if (isNo(error)) return { login: await passwordInstead(run, error) };
    throw error;
  }
}

/** The application credential that the deployment's cloud-config.json speaks of. */
async function idInSwift({ openstack, deployment, signal }: Run): Promise<string | undefined> {
  const { cloudConfig } = clusterObjects(deployment.id);
  const text = await findObjectText(openstack.swift, clusterContainer(deployment.cluster), cloudConfig, signal);
  try {
    return JSON.parse(text ?? '{}').sections?.Global?.['application-credential-id'];
  } catch {
    return undefined; // damaged: as good as none
  }
}

async function newCredential(run: Run, useless: string | undefined): Promise<Login> {
  const { openstack, signal } = run;
  if (useless !== undefined) await deleteApplicationCredential(openstack.keystone, useless, signal);
  try {
    return await create(run);
  } catch (error) {
    if (!isConflict(error)) throw error;
    // A request of an earlier attempt, whose answer was lost, has been at work all the while.
    const late = await findApplicationCredential(openstack.keystone, credentialName(run.deployment.id), signal);
    if (late !== undefined) await deleteApplicationCredential(openstack.keystone, late.id, signal);
    return create(run);
  }
}

/** With all roles that Slipway's user has in the project, which Keystone gives unless told otherwise. */
async function create({ openstack, deployment, signal, log }: Run): Promise<Login> {
  const { cluster, id: deploymentId } = deployment;
  const options = {
    name: credentialName(deploymentId),
    description: `The controllers of the Kubernetes cluster ${cluster}, made by Slipway for ${deploymentId}`,
    unrestricted: false,
  };
  const { id, secret } = await createApplicationCredential(openstack.keystone, options, signal);
  log.info({ credential: options.name, id }, 'made an application credential');
  return { kind: 'application-credential', id, secret };
}

/** The password that Slipway itself logs in with, where clouds.yaml has one. */
async function passwordInstead({ openstack, deployment, signal, log }: Run, refused: OpenStackError): Promise<Login> {
  const { credentials } = openstack.cloud;
  if (credentials.kind !== 'password') throw noLogin(deployment.cluster, refused);
  log.warn({ err: refused }, 'no application credential is to be had: the cluster gets the password of this user');
  const { user, password } = credentials;
  return { kind: 'password', user, password, projectId: await openstack.projectId(signal) };
}

function noLogin(cluster: string, refused: OpenStackError): DeployError {
  return new DeployError(
    'credential_refused',
    `The controllers of ${cluster} need an application credential of their own. ${refused.message}`,
    {
      hint:
        'Give Slipway a user name and a password, or an unrestricted application credential; or switch ' +
        'cloudProvider.controller off for this cluster, which then has no load balancers and no volumes',
      cause: refused,
      detail: refused.detail,
    },
  );
}
