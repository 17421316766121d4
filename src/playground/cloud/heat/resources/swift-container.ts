import { epoch } from '../../support/times.ts';
import { mapOf } from '../../support/values.ts';
import { deleteContainer, deleteObject, liveObjects, putContainer } from '../../swift/store.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Swift::Container */
export const container: ResourceType = {
  properties: {
    name: property('string'),
    'X-Container-Read': property('string'),
    'X-Container-Write': property('string'),
    'X-Container-Meta': property('map', { default: {} }),
    'X-Account-Meta': property('map', { default: {} }),
    PurgeOnDelete: property('boolean', { default: false }),
  },
  attributes: ['DomainName', 'WebsiteURL', 'RootURL', 'ObjectCount', 'BytesUsed', 'HeadContainer'],
  create({ world, caller, resource, properties }) {
    const name = String(properties.name ?? resource.physicalName);
    const meta = Object.entries(mapOf(properties['X-Container-Meta'])).map(
      ([key, value]) => [`x-container-meta-${key.toLowerCase()}`, String(value)] as const,
    );
    const acls = ['X-Container-Read', 'X-Container-Write'].flatMap((key) =>
      properties[key] === undefined ? [] : [[key.toLowerCase(), String(properties[key])] as const],
    );
    putContainer(world.swift, caller.projectId, name, new Map([...meta, ...acls]));
    resource.physicalId = name;
  },
  async remove({ world, caller, resource, properties }) {
    const found = world.swift.accounts.get(caller.projectId)?.containers.get(resource.physicalId);
    if (found === undefined) return;
    const unwanted = properties.PurgeOnDelete === true ? liveObjects(found) : [];
    await Promise.all(unwanted.map(({ name }) => deleteObject(found, name)));
    deleteContainer(world.swift, caller.projectId, resource.physicalId);
  },
  attribute({ world, stack, resource }, name) {
    const found = world.swift.accounts.get(stack.owner.projectId)?.containers.get(resource.physicalId);
    const objects = found === undefined ? [] : liveObjects(found);
    const url = `${world.baseUrl}/swift/v1/AUTH_${stack.owner.projectId}/${resource.physicalId}`;
    const values: Record<string, unknown> = {
      DomainName: new URL(world.baseUrl).hostname,
      WebsiteURL: url,
      RootURL: url,
      ObjectCount: String(objects.length),
      BytesUsed: String(objects.reduce((sum, { blob }) => sum + blob.size, 0)),
      HeadContainer: {
        ...Object.fromEntries(found?.headers ?? []),
        'x-timestamp': epoch(found?.created ?? new Date(0)),
      },
    };
    return values[name];
  },
};
