import { findImage } from '../../glance/images.ts';
import { ApiError } from '../../http/api-error.ts';
import type { Caller } from '../../keystone/state.ts';
import { findFlavor } from '../../nova/flavors.ts';
import { addresses, serverView } from '../../nova/server-view.ts';
import { createServer, deleteServer, serverPorts } from '../../nova/servers.ts';
import type { Server } from '../../nova/state.ts';
import { isMap, listOf, mapOf } from '../../support/values.ts';
import type { World } from '../../world.ts';
import { each, findId, sharing } from './find-thing.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { poll } from './poll.ts';
import { property, type ResourceLook, type ResourceType, type ResourceWork } from './resource-type.ts';

const network = property('map', {
  keys: {
    network: property('string', { custom: 'neutron.network' }),
    port: property('string', { custom: 'neutron.port' }),
    subnet: property('string', { custom: 'neutron.subnet' }),
    fixed_ip: property('string', { custom: 'ip_addr' }),
    port_extra_properties: property('map'),
    floating_ip: property('string'),
    allocate_network: property('string'),
    uuid: property('string'),
    tag: property('string'),
  },
});

/** OS::Nova::Server */
export const server: ResourceType = {
  longestName: 53,
  properties: {
    name: property('string', { updatable: true }),
    image: property('string', { updatable: true, custom: 'glance.image' }),
    flavor: property('string', { required: true, updatable: true, custom: 'nova.flavor' }),
    key_name: property('string', { custom: 'nova.keypair' }),
    networks: property('list', { updatable: true, item: network }),
    security_groups: property('list', { default: [] }),
    user_data: property('any', { default: '' }),
    user_data_format: property('string', {
      default: 'HEAT_CFNTOOLS',
      allowed: ['HEAT_CFNTOOLS', 'RAW', 'SOFTWARE_CONFIG'],
    }),
    user_data_update_policy: property('string', {
      updatable: true,
      default: 'REPLACE',
      allowed: ['REPLACE', 'IGNORE'],
    }),
    metadata: property('map', { updatable: true, default: {} }),
    scheduler_hints: property('map'),
    availability_zone: property('string'),
    config_drive: property('boolean'),
    block_device_mapping: property('list'),
    block_device_mapping_v2: property('list', {
      item: property('map', {
        keys: {
          boot_index: property('integer'),
          image: property('string', { custom: 'glance.image' }),
          volume_id: property('string'),
          volume_size: property('integer'),
          delete_on_termination: property('boolean'),
        },
      }),
    }),
    flavor_update_policy: property('string', { updatable: true, default: 'RESIZE' }),
    image_update_policy: property('string', { updatable: true, default: 'REBUILD' }),
    software_config_transport: property('string', { updatable: true, default: 'POLL_SERVER_CFN' }),
    admin_user: property('string'),
    admin_pass: property('string', { updatable: true }),
    diskConfig: property('string'),
    reservation_id: property('string'),
    personality: property('map', { default: {} }),
    deployment_swift_data: property('map', { updatable: true, default: {} }),
    tags: property('list', { updatable: true }),
  },
  validate({ name, image, block_device_mapping_v2: devices }) {
    if (image !== undefined || listOf(devices).length > 0) return;
    throw new Error(`Neither image nor bootable volume is specified for instance ${name ?? ''}`);
  },
  attributes: [
    'name',
    'addresses',
    'networks',
    'first_address',
    'instance_name',
    'accessIPv4',
    'accessIPv6',
    'console_urls',
    'tags',
    'os_collect_config',
  ],
  implicit: (definition, template) =>
    each(definition.properties.networks, 'network', 'uuid').flatMap((one) =>
      sharing(template, 'OS::Neutron::Subnet', ['network'], one),
    ),
  async create(work) {
    const { world, caller, resource, properties } = work;
    const made = createServer(world, caller, {
      server: request(work),
      'os:scheduler_hints': properties.scheduler_hints,
    });
    resource.physicalId = made.id;
    await poll(work, () => isReady(world.nova.servers.get(made.id)));
  },
  update({ world, resource, properties }, changed) {
    const existing = world.nova.servers.get(resource.physicalId);
    if (existing === undefined) return;
    if (changed.includes('name')) existing.name = String(properties.name ?? resource.physicalName);
    if (changed.includes('metadata')) existing.metadata = mapOf(properties.metadata) as Record<string, string>;
    const flavor = findFlavor(world.nova, String(properties.flavor));
    if (flavor !== undefined) existing.flavor = flavor;
  },
  ignores: (name, { user_data_update_policy }) => name === 'user_data' && user_data_update_policy === 'IGNORE',
  async remove(work) {
    const { world, caller, resource } = work;
    if (resource.physicalId === '') return;
    ignoreMissing(() => deleteServer(world, caller, resource.physicalId));
    await poll(work, () => !world.nova.servers.has(resource.physicalId));
  },
  show({ world, stack, resource }) {
    const found = world.nova.servers.get(resource.physicalId);
    return found === undefined ? null : serverView(world, found, stack.owner, '2.93');
  },
  attribute(look, name) {
    const found = look.world.nova.servers.get(look.resource.physicalId);
    return found === undefined ? null : attributeOf(look, found, name);
  },
};

function isReady(found: Server | undefined): boolean {
  if (found?.status !== 'ERROR') return found?.status === 'ACTIVE';
  const { message, code } = found.fault ?? { message: 'Unknown', code: 500 };
  throw Object.assign(new Error(`Went to status ERROR due to "Message: ${message}, Code: ${code}"`), {
    name: 'ResourceInError',
  });
}

function request({ world, caller, resource, properties }: ResourceWork): Record<string, unknown> {
  const { name = resource.physicalName, flavor, image, key_name, metadata, security_groups } = properties;
  const { availability_zone, block_device_mapping_v2 } = properties;
  return {
    name,
    flavorRef: findFlavor(world.nova, String(flavor))?.id,
    ...(image !== undefined && { imageRef: findImage(world.glance, caller, String(image))?.id }),
    ...(availability_zone !== undefined && { availability_zone }),
    ...(block_device_mapping_v2 !== undefined && {
      block_device_mapping_v2: listOf(block_device_mapping_v2).map((one) => deviceRequest(world, caller, mapOf(one))),
    }),
    ...(key_name === undefined ? {} : { key_name }),
    metadata,
    user_data: encodedUserData(userData(world, properties.user_data)),
    networks: listOf(properties.networks).map((one) => networkRequest(world, caller, mapOf(one))),
    security_groups: listOf(security_groups).map((group) => ({ name: group })),
  };
}

/** A volume that is there, or one that Nova is to make of an image. */
function deviceRequest(
  world: World,
  caller: Caller,
  { image, volume_id, ...device }: Record<string, unknown>,
): Record<string, unknown> {
  const source =
    volume_id === undefined
      ? { source_type: 'image', uuid: findImage(world.glance, caller, String(image))?.id }
      : { source_type: 'volume', uuid: volume_id };
  return { ...device, ...source, destination_type: 'volume' };
}

/** Nova's limit for what is given to a server, in characters of base64. */
const largestUserData = 65_535;

function encodedUserData(text: string): string {
  const encoded = Buffer.from(text).toString('base64');
  if (encoded.length <= largestUserData) return encoded;
  throw new ApiError(
    400,
    'badRequest',
    `Invalid input for field/attribute user_data. Value: ${encoded}. '${encoded}' is too long`,
  );
}

/** User data is a text, or the id of a software configuration that holds one. */
function userData(world: World, given: unknown): string {
  if (typeof given === 'string') return world.heat.softwareConfigs.get(given)?.config ?? given;
  return isMap(given) ? JSON.stringify(given) : '';
}

function networkRequest(
  world: World,
  caller: Caller,
  { network: net, uuid, port, subnet, fixed_ip }: Record<string, unknown>,
): Record<string, unknown> {
  if (port !== undefined) return { port: findId(world, caller, 'port', port) };
  const subnetId = findId(world, caller, 'subnet', subnet);
  const byName = findId(world, caller, 'network', net ?? uuid);
  return {
    uuid: byName ?? world.neutron.subnets.get(subnetId ?? '')?.networkId,
    ...(fixed_ip === undefined ? {} : { fixed_ip }),
  };
}

function attributeOf({ world, stack }: ResourceLook, found: Server, name: string): unknown {
  const byNetwork = Object.entries(addresses(world, found)) as [string, Record<string, unknown>[]][];
  switch (name) {
    case 'first_address':
      return byNetwork[0]?.[1][0]?.addr ?? '';
    case 'networks':
      return Object.fromEntries(byNetwork.map(([net, list]) => [net, list.map(({ addr }) => addr)]));
    case 'addresses': {
      const ports = serverPorts(world, found);
      const withPort = (address: Record<string, unknown>): object => ({
        ...address,
        port: ports.find(({ mac }) => mac === address['OS-EXT-IPS-MAC:mac_addr'])?.id,
      });
      return Object.fromEntries(byNetwork.map(([net, list]) => [net, list.map(withPort)]));
    }
    case 'instance_name':
      return `instance-${found.id.slice(0, 8)}`;
    case 'os_collect_config':
      return {};
    default:
      return serverView(world, found, stack.owner, '2.93')[name];
  }
}
