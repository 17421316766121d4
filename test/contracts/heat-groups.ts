import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createStack, getStack, type StackRef, updateStack } from '../../src/openstack/heat/stacks.ts';
import { validateTemplate } from '../../src/openstack/heat/templates.ts';
import { removed, settled } from './heat-stack.ts';
import { type connection, uniqueName } from './support.ts';

const version = '2021-04-16';

/** A group of which each member knows its number, and whose members are chosen by number to go. */
const groupTemplate = {
  heat_template_version: version,
  parameters: { count: { type: 'number' }, removals: { type: 'comma_delimited_list' } },
  resources: {
    group: {
      type: 'OS::Heat::ResourceGroup',
      properties: {
        count: { get_param: 'count' },
        removal_policies: [{ resource_list: { get_param: 'removals' } }],
        removal_policies_mode: 'append',
        resource_def: {
          type: 'member.yaml',
          properties: { index: '%index%', names: ['zero', 'one', 'two', 'three', 'four', 'five'] },
        },
      },
    },
  },
  outputs: {
    names: { value: { get_attr: ['group', 'attributes', 'name'] } },
    suffixes: { value: { get_attr: ['group', 'attributes', 'suffix'] } },
    first: { value: { get_attr: ['group', 'resource.0.name'] } },
  },
};

const member = {
  heat_template_version: version,
  parameters: { index: { type: 'string' }, names: { type: 'comma_delimited_list' } },
  resources: { suffix: { type: 'OS::Heat::RandomString' } },
  outputs: {
    name: { value: { get_param: ['names', { get_param: 'index' }] } },
    suffix: { value: { get_attr: ['suffix', 'value'] } },
  },
};

/** A switch: what it leaves out is as if it had not been written, and a text that may be missing is null. */
const switchTemplate = {
  heat_template_version: version,
  parameters: { kind: { type: 'string' }, size: { type: 'number' } },
  conditions: {
    random: { equals: [{ get_param: 'kind' }, 'random'] },
    plain: { not: 'random' },
    large: { and: ['random', { not: { equals: [{ get_param: 'size' }, 0] } }] },
  },
  resources: {
    chance: {
      type: 'OS::Heat::RandomString',
      condition: 'large',
      properties: { length: { get_param: 'size' }, salt: { if: ['plain', 'salt', null] } },
    },
    last: {
      type: 'OS::Heat::Value',
      depends_on: 'chance',
      properties: { type: 'string', value: { if: ['large', { get_attr: ['chance', 'value'] }, 'none'] } },
    },
  },
  outputs: { value: { value: { get_attr: ['last', 'value'] } } },
};

/** What user data is made of: a line, and a map that becomes JSON. */
const joined = {
  list_join: [
    '\n',
    [
      '#cloud-config',
      {
        write_files: [{ path: '/a', permissions: '0600', content: { get_param: 'text' } }],
        runcmd: [['/a']],
        number: { get_param: 'number' },
        yes: { get_param: 'yes' },
        things: { get_param: 'things' },
      },
    ],
  ],
};

/** What Slipway relies on in groups, conditions and in the texts that maps become. */
export function heatGroupsContract(cloud: ReturnType<typeof connection>): void {
  describe('a group whose members are numbered', () => {
    const name = uniqueName('group');
    let ref: StackRef;
    afterAll(() => removed(cloud().heat, name));

    async function members(): Promise<Record<string, string>> {
      const { status, statusReason, outputs } = await settled(cloud().heat, ref);
      expect(`${status} ${statusReason}`).toMatch(/_COMPLETE /);
      expect(Object.keys(outputs.names ?? {})).toEqual(Object.keys(outputs.suffixes ?? {}));
      return outputs.suffixes as Record<string, string>;
    }
    async function update(count: number, removals: string[]): Promise<Record<string, string>> {
      const files = { 'member.yaml': JSON.stringify(member) };
      await updateStack(cloud().heat, ref, { template: groupTemplate, files, parameters: { count, removals } });
      return members();
    }

    it('loses the one that is named, and gives its number to nobody', async () => {
      const files = { 'member.yaml': JSON.stringify(member) };
      const parameters = { count: 3, removals: [] };
      ref = await createStack(cloud().heat, { name, template: groupTemplate, files, parameters });

      const three = await members();
      const two = await update(2, ['1']);
      const again = await update(3, []);
      const fewer = await update(2, []);
      const replaced = await update(2, ['0']);
      const { outputs } = await getStack(cloud().heat, ref, { resolveOutputs: true });

      expect(Object.keys(three)).toEqual(['0', '1', '2']);
      expect(two).toEqual({ 0: three[0], 2: three[2] });
      expect(again).toEqual({ ...two, 3: expect.any(String) });
      expect(fewer).toEqual(two);
      expect(replaced).toEqual({ 2: three[2], 3: expect.any(String) });
      expect(outputs.names).toEqual({ 2: 'two', 3: 'three' });
    });
  });

  describe('a template with conditions', () => {
    const name = uniqueName('switch');
    afterEach(() => removed(cloud().heat, name));

    it.each([
      [{ kind: 'random', size: 7 }, /^\w{7}$/],
      [{ kind: 'random', size: 0 }, /^none$/],
      [{ kind: 'plain', size: 7 }, /^none$/],
    ])('makes with %j only what they let be', async (parameters, expected) => {
      const ref = await createStack(cloud().heat, { name, template: switchTemplate, parameters });

      const { status, outputs } = await settled(cloud().heat, ref);

      expect(status).toBe('CREATE_COMPLETE');
      expect(outputs.value).toMatch(expected);
    });

    it('cannot be validated without the parameters that decide', async () => {
      const { heat } = cloud();
      const parameters = { kind: 'plain', size: 0 };

      await expect(validateTemplate(heat, { template: switchTemplate })).rejects.toThrow(
        'The Parameter (kind) was not provided.',
      );
      expect((await validateTemplate(heat, { template: switchTemplate, parameters })).parameters).toHaveLength(2);
    });
  });

  describe('a text that is made of a map', () => {
    const name = uniqueName('joined');
    afterEach(() => removed(cloud().heat, name));

    it('is JSON, with numbers, switches, lists and what is no ASCII as they were', async () => {
      const text = '#!/bin/bash\nprintf "%s\\n" \'{}\' # “quoted”\n';
      const things = [{ name: 'one', size: 1, ready: false }];
      const template = {
        heat_template_version: version,
        parameters: {
          text: { type: 'string' },
          number: { type: 'number' },
          yes: { type: 'boolean' },
          things: { type: 'json' },
        },
        resources: { some: { type: 'OS::Heat::RandomString' } },
        outputs: { joined: { value: joined } },
      };
      const parameters = { text, number: 1800, yes: true, things };

      const ref = await createStack(cloud().heat, { name, template, parameters });
      const { outputs } = await settled(cloud().heat, ref);

      const [first, ...rest] = String(outputs.joined).split('\n');
      expect(first).toBe('#cloud-config');
      expect(rest).toHaveLength(1);
      expect(JSON.parse(rest[0] ?? '')).toEqual({
        write_files: [{ path: '/a', permissions: '0600', content: text }],
        runcmd: [['/a']],
        number: 1800,
        yes: true,
        things,
      });
    });
  });
}
