import { uuid } from '../../support/ids.ts';
import { seconds } from '../../support/times.ts';
import { listOf, mapOf } from '../../support/values.ts';
import type { World } from '../../world.ts';
import type { SoftwareConfig } from '../state.ts';
import { multipart } from './multipart.ts';
import { property, type ResourceType, type ResourceWork } from './resource-type.ts';

/** OS::Heat::SoftwareConfig */
export const softwareConfig: ResourceType = {
  properties: {
    group: property('string', { default: 'Heat::Ungrouped' }),
    config: property('string'),
    options: property('map'),
    inputs: property('list'),
    outputs: property('list'),
  },
  attributes: ['config'],
  create: (work) => keep(work, String(work.properties.group), String(work.properties.config ?? '')),
  remove: ({ world, resource }) => void world.heat.softwareConfigs.delete(resource.physicalId),
  attribute: ({ world, resource }, name) =>
    name === 'config' ? world.heat.softwareConfigs.get(resource.physicalId)?.config : null,
};

/** OS::Heat::MultipartMime */
export const multipartMime: ResourceType = {
  properties: {
    parts: property('list', {
      default: [],
      item: property('map', {
        keys: {
          config: property('string', { required: true }),
          filename: property('string'),
          type: property('string', { default: 'text', allowed: ['text', 'multipart'] }),
          subtype: property('string'),
        },
      }),
    }),
    group: property('string', { default: 'Heat::Ungrouped' }),
    config: property('string'),
    options: property('map'),
    inputs: property('list'),
    outputs: property('list'),
  },
  attributes: ['config'],
  create(work) {
    const parts = listOf(work.properties.parts).map((part) => {
      const { config, filename, type, subtype } = mapOf(part) as Record<string, string>;
      return { content: contentOf(work.world, config ?? ''), filename, type: type ?? 'text', subtype };
    });
    keep(work, String(work.properties.group), multipart(parts));
  },
  remove: ({ world, resource }) => void world.heat.softwareConfigs.delete(resource.physicalId),
  attribute: ({ world, resource }, name) =>
    name === 'config' ? world.heat.softwareConfigs.get(resource.physicalId)?.config : null,
};

/** A software configuration as the wire has it. */
export function softwareConfigView(config: SoftwareConfig): Record<string, unknown> {
  return {
    id: config.id,
    name: config.name,
    group: config.group,
    creation_time: seconds(config.createdAt),
    config: config.config,
    inputs: [],
    outputs: [],
    options: {},
  };
}

function keep({ world, caller, resource }: ResourceWork, group: string, config: string): void {
  const kept = {
    id: uuid(),
    name: resource.physicalName,
    projectId: caller.projectId,
    group,
    config,
    createdAt: new Date(),
  };
  world.heat.softwareConfigs.set(kept.id, kept);
  resource.physicalId = kept.id;
}

function contentOf(world: World, given: string): string {
  return world.heat.softwareConfigs.get(given)?.config ?? given;
}
