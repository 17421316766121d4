import { isMap, listOf, mapOf } from '../../support/values.ts';
import type { Template } from '../template/template.ts';
import { groupAttribute, groupTemplate, memberAttributes } from './group-template.ts';
import { property, type ResourceLook, type ResourceType, type ResourceWork } from './resource-type.ts';

/** OS::Heat::ResourceGroup */
export const resourceGroup: ResourceType = {
  properties: {
    count: property('integer', { default: 1, updatable: true, range: { min: 0 } }),
    resource_def: property('map', {
      required: true,
      updatable: true,
      keys: { type: property('string', { required: true }), properties: property('map'), metadata: property('map') },
    }),
    index_var: property('string', { default: '%index%' }),
    removal_policies: property('list', { updatable: true, default: [] }),
    removal_policies_mode: property('string', { updatable: true, default: 'append' }),
  },
  attributes: ['refs', 'refs_map', 'attributes', 'removed_rsrc_list'],
  openAttributes: true, // any of the members' own, as a list
  nested: (properties, name) => ({
    template: template({ ...properties, count: 1 }, new Set()),
    path: `resources.${name}<nested_stack>.`,
  }),
  inside: (properties) => ({ template: template(properties, skippedAtFirst(properties)), parameters: {} }),
  create(work) {
    remember(work, skippedAtFirst(work.properties));
    return work.engine.createNested(work, { template: template(work.properties, skipped(work)), parameters: {} });
  },
  update(work) {
    remember(work, skippedNow(work));
    return work.engine.updateNested(work, { template: template(work.properties, skipped(work)), parameters: {} });
  },
  remove: (work) => work.engine.deleteNested(work),
  attributeAt(look, name, path) {
    const [attribute, ...rest] = path.map(String);
    switch (name) {
      case 'attributes':
        return attribute === undefined ? null : Object.fromEntries(memberAttributes(look, attribute, rest));
      case 'removed_rsrc_list':
        return [...skipped(look)];
      default:
        return groupAttribute(look, name, path) ?? memberAttributes(look, name, path).map(([, value]) => value);
    }
  },
};

/** Members have the lowest numbers, but for those that were removed by number: these are never used again. */
function template({ count, resource_def, index_var }: Record<string, unknown>, without: ReadonlySet<string>): Template {
  const candidates = Array.from({ length: Number(count) + without.size }, (_, index) => String(index));
  const names = candidates.filter((name) => !without.has(name)).slice(0, Number(count));
  return groupTemplate(names, (name) => numbered(resource_def, String(index_var), name));
}

/** Under which the resource remembers the members that were removed. */
const removed = 'name_blacklist';

function skipped({ resource }: ResourceLook): Set<string> {
  const names = resource.data.get(removed);
  return names instanceof Set ? names : new Set();
}

function remember({ resource }: ResourceLook, names: ReadonlySet<string>): void {
  resource.data.set(removed, names);
}

/** What is named when a group is made will never be. */
function skippedAtFirst({ removal_policies }: Record<string, unknown>): Set<string> {
  return new Set(namedIn(removal_policies));
}

/** Later on only what there is can be removed, by its number or by what it is referred to as. */
function skippedNow(work: ResourceWork): Set<string> {
  const { removal_policies, removal_policies_mode } = work.properties;
  const before = skipped(work);
  const references = Object.entries(mapOf(groupAttribute(work, 'refs_map', [])));
  const found = namedIn(removal_policies).flatMap((name) => {
    if (before.has(name) || references.some(([member]) => member === name)) return [name];
    return references.filter(([, reference]) => reference === name).map(([member]) => member);
  });
  return new Set([...(removal_policies_mode === 'update' ? [] : before), ...found]);
}

function namedIn(policies: unknown): string[] {
  return listOf(policies).flatMap((policy) => listOf(mapOf(policy).resource_list).map(String));
}

/** The definition with the member's number wherever the author wants it. */
function numbered(value: unknown, variable: string, index: string): unknown {
  if (typeof value === 'string') return value.replaceAll(variable, index);
  if (Array.isArray(value)) return value.map((item) => numbered(item, variable, index));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbered(item, variable, index)]));
}
