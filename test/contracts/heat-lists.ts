import { afterEach, describe, expect, it } from 'vitest';
import { createStack } from '../../src/openstack/heat/stacks.ts';
import { removed, settled } from './heat-stack.ts';
import { type connection, uniqueName } from './support.ts';

const version = '2018-08-31';
const things = [
  { name: 'one', size: 1 },
  { name: 'two', size: 2 },
];

/** Fills a list into a text as user data is made: in a map, in the place of a word. */
const filled = {
  str_replace: {
    template: "cat <<'END'\nTHINGS\nEND\n",
    params: { THINGS: { things: { get_param: 'things' }, role: 'node' } },
  },
};

function template(): object {
  return {
    heat_template_version: version,
    parameters: { things: { type: 'json', hidden: true, constraints: [{ length: { min: 1, max: 2 } }] } },
    resources: {
      group: {
        type: 'OS::Heat::AutoScalingGroup',
        properties: {
          min_size: 1,
          max_size: 1,
          resource: { type: 'member.yaml', properties: { things: { get_param: 'things' } } },
        },
      },
    },
    outputs: { own: { value: filled }, members: { value: { get_attr: ['group', 'outputs_list', 'filled'] } } },
  };
}

function member(length: object): Record<string, string> {
  const content = {
    heat_template_version: version,
    parameters: { things: { type: 'json', hidden: true, constraints: [{ length }] } },
    resources: { some: { type: 'OS::Heat::RandomString' } },
    outputs: { filled: { value: filled } },
  };
  return { 'member.yaml': JSON.stringify(content) };
}

/** What Slipway relies on where a parameter of type json is a list: the objects of a release are one. */
export function heatListsContract(cloud: ReturnType<typeof connection>): void {
  describe('a list in a parameter of type json', () => {
    const name = uniqueName('lists');

    afterEach(() => removed(cloud().heat, name));

    it('is JSON in one line in the texts of the stack and of the members of a group', async () => {
      const parameters = { things };
      const files = member({ min: 1 });

      const ref = await createStack(cloud().heat, { name, template: template(), files, parameters });

      const { status, outputs } = await settled(cloud().heat, ref);
      const json = '{"role": "node", "things": [{"name": "one", "size": 1}, {"name": "two", "size": 2}]}';
      expect(status).toBe('CREATE_COMPLETE');
      expect(outputs.own).toBe(`cat <<'END'\n${json}\nEND\n`);
      expect(outputs.members).toEqual([outputs.own]);
    });

    it('has as many things in it as the template allows', async () => {
      const parameters = { things: [...things, ...things] };

      const creating = createStack(cloud().heat, { name, template: template(), files: member({ min: 1 }), parameters });

      await expect(creating).rejects.toThrow('length (4) is out of range (min: 1, max: 2)');
    });

    it('is measured as a text where it is handed on to a nested template', async () => {
      const parameters = { things };
      const files = member({ min: 1, max: 2 });

      const ref = await createStack(cloud().heat, { name, template: template(), files, parameters });

      const { status, statusReason } = await settled(cloud().heat, ref);
      expect(status).toBe('CREATE_FAILED');
      expect(statusReason).toMatch(
        /^Resource CREATE failed: resources\.group: Property error: resources\.\w+\.properties\.things: length \(56\) is out of range \(min: 1, max: 2\)$/,
      );
    });
  });
}
