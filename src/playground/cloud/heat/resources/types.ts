import { invalid } from '../errors.ts';
import { autoScalingGroup } from './auto-scaling-group.ts';
import { floatingIp, floatingIpAssociation } from './floating-ip.ts';
import { keypair } from './keypair.ts';
import { healthMonitor, listener, loadBalancer, pool, poolMember } from './load-balancer.ts';
import { nestedTemplate } from './nested-template.ts';
import { network } from './network.ts';
import { port } from './port.ts';
import { resourceGroup } from './resource-group.ts';
import type { ResourceType } from './resource-type.ts';
import { router, routerInterface } from './router.ts';
import { securityGroup, securityGroupRule } from './security-group.ts';
import { server } from './server.ts';
import { serverGroup } from './server-group.ts';
import { multipartMime, softwareConfig } from './software-config.ts';
import { subnet } from './subnet.ts';
import { container } from './swift-container.ts';
import { none, randomString, value } from './values.ts';
import { volume } from './volume.ts';
import { waitCondition } from './wait-condition.ts';
import { waitConditionHandle } from './wait-condition-handle.ts';

const types: Readonly<Record<string, ResourceType>> = {
  'OS::Neutron::Net': network,
  'OS::Neutron::Subnet': subnet,
  'OS::Neutron::Router': router,
  'OS::Neutron::RouterInterface': routerInterface,
  'OS::Neutron::Port': port,
  'OS::Neutron::FloatingIP': floatingIp,
  'OS::Neutron::FloatingIPAssociation': floatingIpAssociation,
  'OS::Neutron::SecurityGroup': securityGroup,
  'OS::Neutron::SecurityGroupRule': securityGroupRule,
  'OS::Nova::Server': server,
  'OS::Nova::ServerGroup': serverGroup,
  'OS::Nova::KeyPair': keypair,
  'OS::Cinder::Volume': volume,
  'OS::Octavia::LoadBalancer': loadBalancer,
  'OS::Octavia::Listener': listener,
  'OS::Octavia::Pool': pool,
  'OS::Octavia::PoolMember': poolMember,
  'OS::Octavia::HealthMonitor': healthMonitor,
  'OS::Heat::SoftwareConfig': softwareConfig,
  'OS::Heat::MultipartMime': multipartMime,
  'OS::Heat::RandomString': randomString,
  'OS::Heat::Value': value,
  'OS::Heat::None': none,
  'OS::Heat::WaitConditionHandle': waitConditionHandle,
  'OS::Heat::WaitCondition': waitCondition,
  'OS::Heat::AutoScalingGroup': autoScalingGroup,
  'OS::Heat::ResourceGroup': resourceGroup,
  'OS::Swift::Container': container,
};

/** Nested templates are parsed once for each set of files. */
const parsed = new WeakMap<Readonly<Record<string, string>>, Map<string, ResourceType>>();

/** The type of that name: one of Heat's, or a template among the files. 400 if there is none. */
export function typeOf(name: string, files: Readonly<Record<string, string>>): ResourceType {
  if (Object.hasOwn(types, name)) return types[name] ?? none;
  if (!/\.(yaml|yml|template)$/.test(name)) throw invalid(`The Resource Type (${name}) could not be found.`);
  const source = files[name];
  if (source === undefined) throw invalid(`Could not fetch remote template "${name}": Invalid URL scheme `);
  const known = parsed.get(files) ?? new Map<string, ResourceType>();
  parsed.set(files, known);
  const type = known.get(name) ?? nestedTemplate(name, source);
  known.set(name, type);
  return type;
}

/** All types that Heat knows by name. */
export function typeNames(): string[] {
  return Object.keys(types);
}
