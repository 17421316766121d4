import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../../../src/playground/cloud/heat/template/parse-template.ts';

describe('a template', () => {
  it('comes as YAML of version 1.1, as Heat reads it', () => {
    const template = parseTemplate(`
heat_template_version: 2018-08-31
parameters:
  y: {type: boolean, default: yes}
  mode: {type: number, default: 0644}
resources:
  n: {type: OS::Heat::None, depends_on: other}
  other: {type: OS::Heat::None}
`);

    expect(template.parameters.get('y')?.default).toBe(true);
    expect(template.parameters.get('mode')?.default).toBe(420);
    expect(template.resources.get('n')?.dependsOn).toEqual(['other']);
    expect(template.raw.heat_template_version).toBe('2018-08-31');
  });

  it('comes as an object too', () => {
    const template = parseTemplate({
      heat_template_version: '2021-04-16',
      resources: { a: { type: 'OS::Heat::None' } },
    });

    expect([...template.resources.keys()]).toEqual(['a']);
  });

  it.each([
    ['has no version', { resources: {} }, 'Template version was not provided'],
    [
      'has a version nobody knows',
      { heat_template_version: '2011-01-01' },
      'The template version is invalid: "heat_template_version: 2011-01-01"',
    ],
    [
      'has a section nobody knows',
      { heat_template_version: '2018-08-31', zork: {} },
      'The template section is invalid: zork',
    ],
    [
      'has a resource without a type',
      { heat_template_version: '2018-08-31', resources: { a: {} } },
      'Each resource must contain a type key.',
    ],
    [
      'calls a parameter as it calls a resource',
      {
        heat_template_version: '2018-08-31',
        parameters: { a: { type: 'string' } },
        resources: { a: { type: 'OS::Heat::None' } },
      },
      "Duplicate names {'a'}",
    ],
    [
      'has a parameter of no type',
      { heat_template_version: '2018-08-31', parameters: { p: { type: 'zork' } } },
      'Invalid type (zork)',
    ],
    ['is no YAML', 'a: [', 'Template not in valid format'],
  ])('is refused when it %s', (_, source, message) => {
    expect(() => parseTemplate(source)).toThrow(message);
  });
});
