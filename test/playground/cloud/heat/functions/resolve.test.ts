import { describe, expect, it } from 'vitest';
import { resolve } from '../../../../../src/playground/cloud/heat/functions/resolve.ts';
import { type Scope, unresolved } from '../../../../../src/playground/cloud/heat/functions/scope.ts';

const parameters: Readonly<Record<string, unknown>> = {
  name: 'demo',
  count: 3,
  enabled: true,
  zones: ['a', ' b ', 'c'],
  labels: { z: 1, a: { b: 'deep' } },
};

const scope: Scope = {
  parameter: (name) => {
    if (!Object.hasOwn(parameters, name)) throw new TypeError(`The Parameter (${name}) was not provided.`);
    return parameters[name];
  },
  reference: (name) => (name === 'later' ? unresolved : `id-of-${name}`),
  attribute: (resource, name, path) => (resource === 'later' ? unresolved : [resource, name, ...path].join('/')),
  file: (name) => `content of ${name}`,
  condition: (name) => name === 'yes',
};

/** Every outcome here is what a real Heat (Zed) made of the same function. */
describe('a function of a template', () => {
  it.each([
    ['get_param', { get_param: 'name' }, 'demo'],
    ['get_param with a path', { get_param: ['labels', 'a', 'b'] }, 'deep'],
    ['get_param with an index', { get_param: ['zones', 1] }, ' b '],
    ['get_param with a path to nowhere', { get_param: ['labels', 'x'] }, ''],
    ['get_resource', { get_resource: 'net' }, 'id-of-net'],
    ['get_attr with a path', { get_attr: ['port', 'fixed_ips', 0, 'ip_address'] }, 'port/fixed_ips/0/ip_address'],
    ['get_file', { get_file: 'boot.sh' }, 'content of boot.sh'],
    [
      'str_replace with all kinds of values',
      {
        str_replace: {
          template: 'N B M L E.',
          params: {
            N: { get_param: 'count' },
            B: { get_param: 'enabled' },
            M: { get_param: 'labels' },
            L: { get_param: 'zones' },
            E: null,
          },
        },
      },
      '3 True {"a": {"b": "deep"}, "z": 1} ["a", " b ", "c"] .',
    ],
    [
      'str_replace, which replaces nothing twice',
      { str_replace: { template: 'aab abc', params: { a: 'b', ab: 'X', b: 'c' } } },
      'bX Xc',
    ],
    ['list_join of several lists', { list_join: [',', ['x'], { get_param: 'zones' }] }, 'x,a, b ,c'],
    ['str_split', { str_split: [',', 'a,b,,c'] }, ['a', 'b', '', 'c']],
    ['str_split with an index', { str_split: [',', 'a,b', 1] }, 'b'],
    ['map_merge, where the last one wins', { map_merge: [{ a: 1, b: 2 }, { b: 3 }, null] }, { a: 1, b: 3 }],
    [
      'map_replace',
      {
        map_replace: [
          { k: 'v', l: 'w' },
          { keys: { k: 'K' }, values: { w: 'W' } },
        ],
      },
      { K: 'v', l: 'W' },
    ],
    [
      'repeat with every combination',
      { repeat: { for_each: { X: ['a', 'b'], Y: ['1', '2'] }, template: 'X-Y' } },
      ['a-1', 'a-2', 'b-1', 'b-2'],
    ],
    [
      'repeat side by side',
      { repeat: { for_each: { X: ['a', 'b'], Y: ['1', '2'] }, permutations: false, template: { X: 'Y' } } },
      [{ a: '1' }, { b: '2' }],
    ],
    ['list_concat', { list_concat: [['a'], ['b', 'a']] }, ['a', 'b', 'a']],
    ['list_concat_unique', { list_concat_unique: [['a'], ['b', 'a']] }, ['a', 'b']],
    [
      'filter',
      {
        filter: [
          ['a', null],
          ['a', 'b', null],
        ],
      },
      ['b'],
    ],
    ['contains', { contains: ['a', ['a', 'b']] }, true],
    [
      'make_url',
      { make_url: { scheme: 'http', host: '::1', port: 80, path: 'p', query: { a: 'b' } } },
      'http://[::1]:80/p?a=b',
    ],
    ['if with the name of a condition', { if: ['yes', 'a', 'b'] }, 'a'],
    ['if with a condition as it stands', { if: [{ and: ['yes', { not: 'no' }] }, 'a', 'b'] }, 'a'],
    ['if with or and equals', { if: [{ or: ['no', { equals: [{ get_param: 'name' }, 'other'] }] }, 1, 2] }, 2],
    ['if without an alternative', { if: ['no', 'a'] }, null],
  ])('carries out %s', (_, value, expected) => {
    const resolved = resolve(value, scope);

    expect(resolved).toEqual(expected);
  });

  it('leaves a map alone whose one key is no function', () => {
    const resolved = resolve({ get_zork: { get_param: 'name' } }, scope);

    expect(resolved).toEqual({ get_zork: 'demo' });
  });

  it('knows equals as a condition only', () => {
    const resolved = resolve({ equals: [1, 1] }, scope);

    expect(resolved).toEqual({ equals: [1, 1] });
  });

  it('makes nothing of what is not known yet', () => {
    const resolved = resolve({ list_join: ['-', ['a', { get_resource: 'later' }]] }, scope);

    expect(resolved).toBe(unresolved);
  });

  it.each([
    [
      'a number among what is joined',
      { list_join: ['-', ['a', 3]] },
      'Items to join must be string, map or list not 3',
    ],
    [
      'a template that is no text',
      { str_replace: { template: 1, params: {} } },
      '"str_replace" template must be a string',
    ],
    [
      'a placeholder that is not there',
      { str_replace_strict: { template: 'a', params: { b: 'c' } } },
      'not found in the template: b',
    ],
    ['a text to repeat over', { repeat: { for_each: { X: 'abc' }, template: 'X' } }, 'must be lists or maps'],
    ['a parameter that is not there', { get_param: 'other' }, 'The Parameter (other) was not provided.'],
  ])('refuses %s', (_, value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });
});
