import { describe, expect, it } from 'vitest';
import { leastUserData } from '../../../src/openstack/heat/user-data.ts';

/** The least size of the user data of a single server. */
function sizeOf(user_data: unknown, files: Record<string, string> = {}): number | undefined {
  const template = { resources: { server: { type: 'OS::Nova::Server', properties: { user_data } } } };
  return leastUserData({ template, files }).get('server');
}

describe('leastUserData', () => {
  it('counts cloud-config that Heat joins with the JSON of a map, with all the escaping in it', () => {
    const script = '#!/bin/bash\necho "é"\n';
    const userData = {
      list_join: [
        '\n',
        [
          '#cloud-config',
          {
            write_files: [
              { path: '/var/lib/slipway/boot', content: { get_file: 'boot.sh' } },
              {
                path: '/parameters',
                content: { str_replace: { template: '@P@', params: { '@P@': { role: 'node', n: 1, on: true } } } },
              },
            ],
            runcmd: [['/var/lib/slipway/boot']],
          },
        ],
      ],
    };

    // As Python writes it.
    const expected = String.raw`#cloud-config
{"write_files": [{"path": "/var/lib/slipway/boot", "content": "#!/bin/bash\necho \"\u00e9\"\n"}, {"path": "/parameters", "content": "{\"role\": \"node\", \"n\": 1, \"on\": true}"}], "runcmd": [["/var/lib/slipway/boot"]]}`;
    expect(sizeOf(userData, { 'boot.sh': script })).toBe(expected.length);
  });

  it.each<[string, unknown, string]>([
    ['a map', { a: { b: 'c' } }, '{"a": {"b": "c"}}'],
    ['a map of one key that is no function', { a: 'b' }, '{"a": "b"}'],
    ['several lists that are joined', { list_join: [', ', ['a', 'b'], ['c']] }, 'a, b, c'],
    ['a list that is not there yet', { list_join: [', ', { get_param: 'p' }] }, ''],
    [
      'a delimiter between what is not known',
      { list_join: ['--', [{ get_param: 'p' }, { get_attr: ['a', 'b'] }]] },
      '--',
    ],
    ['a JSON text with a value that is not known', { a: { get_param: 'p' }, b: 1 }, '{"a": , "b": 1}'],
    [
      'words of which one is in the other',
      { str_replace: { template: 'pp p', params: { p: 'one', pp: 'two' } } },
      'two one',
    ],
    [
      'words that come in with what replaces others',
      { str_replace: { template: 'a b', params: { a: 'b', b: 'long' } } },
      'b long',
    ],
    ['a word with a meaning to patterns', { str_replace: { template: 'a.c abc', params: { 'a.c': '$&' } } }, '$& abc'],
    ['an empty word', { str_replace: { template: 'abc', params: { '': 'x' } } }, 'abc'],
    [
      'a text that is itself replaced',
      { str_replace: { template: { list_join: ['', ['@', 'P']] }, params: { '@P': 'x' } } },
      'x',
    ],
    ['a file that is not there', { get_file: 'none' }, ''],
    ['another function', { 'Fn::Join': ['', ['a']] }, ''],
  ])('counts %s', (_what, userData, expected) => {
    expect(sizeOf(userData)).toBe(expected.length);
  });

  it('has an end where a template goes in a circle', () => {
    const properties = { config: { list_join: ['', ['x', { get_resource: 'a' }]] } };
    const template = {
      resources: {
        a: { type: 'OS::Heat::SoftwareConfig', properties },
        server: { type: 'OS::Nova::Server', properties: { user_data: { get_resource: 'a' } } },
        other: { type: 'OS::Nova::Server', properties: {} },
      },
    };

    const sizes = leastUserData({ template, files: {} });

    expect([...sizes.keys()]).toEqual(['server']);
    expect(sizes.get('server')).toBeLessThan(30);
  });
});
