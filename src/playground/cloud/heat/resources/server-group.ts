import { createServerGroup, deleteServerGroup } from '../../nova/server-groups.ts';
import { ignoreMissing } from './ignore-missing.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Nova::ServerGroup */
export const serverGroup: ResourceType = {
  properties: {
    name: property('string'),
    policies: property('list', { default: ['anti-affinity'] }),
    rules: property('map'),
  },
  attributes: [],
  create({ world, caller, resource, properties }) {
    const { name = resource.physicalName, policies } = properties;
    resource.physicalId = createServerGroup(world.nova, caller, { server_group: { name, policies } }).id;
  },
  remove({ world, caller, resource }) {
    ignoreMissing(() => deleteServerGroup(world.nova, caller, resource.physicalId));
  },
};
