import { type Finding, ok, problem, warning } from '../../src/clusters/finding.ts';
import { controlPlaneObjection } from '../../src/clusters/flavor-fit.ts';
import { limitsFinding } from '../../src/clusters/quota.ts';
import { listImportMethods } from '../../src/openstack/glance/import.ts';
import type { Authentication } from '../../src/openstack/keystone/authentication.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { type Flavor, listFlavors } from '../../src/openstack/nova/flavors.ts';
import type { OpenStack } from '../../src/openstack/openstack.ts';
import { type SwiftInfo, swiftInfo } from '../../src/openstack/swift/info.ts';
import { canSign } from '../../src/openstack/swift/temp-url.ts';
import { checkCredentials } from './check-credentials.ts';
import { checkServices } from './check-services.ts';
import { distinct } from './distinct.ts';
import { listed } from './listed.ts';
import { type Looked, look } from './look.ts';
import { limitsIn, surveyQuotas } from './survey-quotas.ts';

/** How a cloud is, for whoever runs Slipway: all services side by side, each within a deadline. Changes nothing. */
export async function doctor(openstack: OpenStack, signal: AbortSignal): Promise<Finding[]> {
  const login = await look('Keystone', signal, (within) => openstack.keystone.authentication(within));
  if (!login.seen) return [login.finding];
  const { nova, neutron, swift, glance } = openstack;
  const [credentials, services, flavors, networks, info, methods, quotas] = await Promise.all([
    checkCredentials(openstack, signal),
    checkServices(openstack, signal),
    look('Nova', signal, (within) => listFlavors(nova, {}, within)),
    look('Neutron', signal, (within) => listNetworks(neutron, { external: true }, within)),
    look('Swift', signal, (within) => swiftInfo(swift, within)),
    look('Glance', signal, (within) => listImportMethods(glance, within)),
    surveyQuotas(openstack, signal),
  ]);
  return distinct([
    ...loginFindings(login.value),
    ...credentials,
    ...services,
    ...told(info, swiftFindings),
    ...told(methods, (found) => [ok('Image import', found.length === 0 ? 'by upload alone' : listed(found))]),
    ...Object.values(quotas).flatMap((looked) => told<unknown>(looked, () => [])),
    ...limitsFinding(limitsIn(quotas)),
    ...told(networks, (found) => networkFindings(found.map(({ name }) => name))),
    ...told(flavors, flavorFindings),
  ]);
}

function told<Value>(looked: Looked<Value>, findings: (value: Value) => Finding[]): Finding[] {
  return looked.seen ? findings(looked.value) : [looked.finding];
}

/** Roles that are usually enough for everything that Slipway does. */
const sufficientRoles = ['member', '_member_', 'admin', 'heat_stack_owner'];

/** A token is made anew in time, but a large upload has to end within the life of the one that it began with. */
const shortLifeMs = 15 * 60_000;

function loginFindings({ roles, lifetimeMs }: Authentication): Finding[] {
  const minutes = Math.round(lifetimeMs / 60_000);
  const text = `accepted; roles ${listed(roles)}; tokens live ${minutes} min`;
  const hasRole = roles.some((role) => sufficientRoles.includes(role.toLowerCase()));
  return [
    ok('Credentials', text),
    ...(hasRole
      ? []
      : [
          warning(
            'Credentials',
            `None of the roles is member`,
            'If something is forbidden later, ask for the role member',
          ),
        ]),
    ...(lifetimeMs >= shortLifeMs
      ? []
      : [warning('Credentials', `Tokens live only ${minutes} min`, 'A large upload that takes longer breaks off')]),
  ];
}

function swiftFindings({ maxFileSize, segments, tempUrl, ceph }: SwiftInfo): Finding[] {
  const gib = (bytes: number) => `${Math.floor((bytes / 1024 ** 3) * 10) / 10} GiB`;
  const parts = [
    `objects up to ${gib(maxFileSize)}${segments === undefined ? '' : ', larger ones in segments'}`,
    tempUrl === undefined ? 'no signed URLs' : `URLs signed with ${listed(tempUrl.digests)}`,
    ...(ceph ? ['a Ceph object gateway'] : []),
  ];
  const text = parts.join('; ');
  if (canSign(tempUrl)) {
    return segments === undefined
      ? [warning('Swift can', text, 'A release larger than that cannot be stored')]
      : [ok('Swift can', text)];
  }
  return [
    problem(
      'Swift can',
      text,
      'Nodes fetch the release by URLs signed with SHA-256 or SHA-512; the operator has to allow these',
    ),
  ];
}

function networkFindings(names: readonly string[]): Finding[] {
  if (names.length > 0) return [ok('External networks', listed(names))];
  return [
    problem(
      'External networks',
      'none',
      'Without one no cluster can be reached; ask the cloud’s operator to share one',
    ),
  ];
}

function flavorFindings(flavors: readonly Flavor[]): Finding[] {
  const fit = flavors.filter((flavor) => controlPlaneObjection(flavor) === undefined).map(({ name }) => name);
  if (fit.length > 0) return [ok('Control planes', `${listed(fit)} are large enough for kubeadm`)];
  return [
    problem(
      'Control planes',
      'no flavor has the 2 cores and 1700 MiB that kubeadm wants',
      'Ask the operator for a larger one',
    ),
  ];
}
