import { shortId } from '../../support/ids.ts';
import { numberOf } from '../../support/values.ts';
import type { Template } from '../template/template.ts';
import { groupAttribute, groupTemplate, memberAttributes, membersOf } from './group-template.ts';
import { property, type ResourceType } from './resource-type.ts';

/** OS::Heat::AutoScalingGroup */
export const autoScalingGroup: ResourceType = {
  properties: {
    resource: property('map', { required: true, updatable: true }),
    min_size: property('integer', { required: true, updatable: true, range: { min: 0 } }),
    max_size: property('integer', { required: true, updatable: true, range: { min: 0 } }),
    desired_capacity: property('integer', { updatable: true, range: { min: 0 } }),
    cooldown: property('integer', { updatable: true }),
    rolling_updates: property('map', { updatable: true }),
  },
  attributes: ['outputs', 'outputs_list', 'current_size', 'refs', 'refs_map'],
  openAttributes: true, // resource.<member>.<attribute>
  validate({ min_size, max_size, desired_capacity }) {
    const [min, max, desired] = [numberOf(min_size), numberOf(max_size), numberOf(desired_capacity)];
    if (min !== undefined && max !== undefined && min > max) throw new Error('MinSize can not be greater than MaxSize');
    if (desired !== undefined && (desired < (min ?? 0) || desired > (max ?? desired))) {
      throw new Error('DesiredCapacity must be between MinSize and MaxSize');
    }
  },
  nested: (properties, name) => ({
    template: groupTemplate([shortId()], () => properties.resource),
    path: `resources.${name}<nested_stack>.`,
  }),
  inside: (properties) => ({ template: membersTemplate(properties, []), parameters: {} }),
  create: (work) => work.engine.createNested(work, { template: membersTemplate(work.properties, []), parameters: {} }),
  update: (work) =>
    work.engine.updateNested(work, { template: membersTemplate(work.properties, membersOf(work)), parameters: {} }),
  remove: (work) => work.engine.deleteNested(work),
  attributeAt(look, name, path) {
    const [attribute, ...rest] = path.map(String);
    switch (name) {
      case 'current_size':
        return look.engine.nestedStack(look) === undefined ? null : membersOf(look).length;
      case 'outputs':
        return attribute === undefined ? null : Object.fromEntries(memberAttributes(look, attribute, rest));
      case 'outputs_list':
        return attribute === undefined ? null : memberAttributes(look, attribute, rest).map(([, value]) => value);
      default:
        return groupAttribute(look, name, path);
    }
  },
};

/** As many of those that are there as are wanted, the youngest, and new ones for what is missing. */
function membersTemplate(properties: Record<string, unknown>, existing: readonly string[]): Template {
  const { resource, min_size, max_size, desired_capacity } = properties;
  const asked = numberOf(desired_capacity) ?? Math.max(existing.length, Number(min_size));
  const size = Math.min(Math.max(asked, Number(min_size)), Number(max_size));
  const kept = existing.slice(Math.max(0, existing.length - size));
  const added = Array.from({ length: size - kept.length }, shortId);
  return groupTemplate([...kept, ...added], () => resource);
}
