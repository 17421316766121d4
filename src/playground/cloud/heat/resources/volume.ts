import { createVolume } from '../../cinder/volumes.ts';
import { textOf } from '../../support/values.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Cinder::Volume */
export const volume: ResourceType = {
  properties: {
    name: property('string', { updatable: true }),
    description: property('string', { updatable: true }),
    size: property('integer', { updatable: true, range: { min: 1 } }),
    image: property('string', { custom: 'glance.image' }),
    volume_type: property('string', { updatable: true, custom: 'cinder.vtype' }),
    availability_zone: property('string'),
    snapshot_id: property('string'),
    source_volid: property('string'),
    metadata: property('map', { updatable: true, default: {} }),
    read_only: property('boolean', { updatable: true }),
    scheduler_hints: property('map'),
  },
  attributes: ['size', 'volume_type', 'status', 'attachments', 'bootable', 'display_name', 'created_at'],
  create({ world, caller, resource, properties }) {
    const { name = resource.physicalName, size, volume_type } = properties;
    const type = textOf(volume_type);
    resource.physicalId = createVolume(world.cinder, caller, {
      name: String(name),
      size: Number(size),
      ...(type !== undefined && { type }),
    }).id;
  },
  remove: ({ world, resource }) => void world.cinder.volumes.delete(resource.physicalId),
  attribute: ({ world, resource }, name) => {
    const found = world.cinder.volumes.get(resource.physicalId);
    return { size: found?.size, volume_type: found?.type, status: 'available', bootable: 'true' }[name] ?? null;
  },
};
