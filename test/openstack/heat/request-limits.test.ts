import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { assertWithinLimits, type LimitedRequest } from '../../../src/openstack/heat/request-limits.ts';

const kib = 1024;
const template = { heat_template_version: '2018-08-31', resources: {} };

/** What is wrong with a request; nothing if it may be sent. */
function problemsOf(request: LimitedRequest): readonly string[] {
  try {
    assertWithinLimits('Creating the Heat stack demo', request);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** A template with a server of such user data. */
function serverWith(userData: unknown, more: object = {}): object {
  return { resources: { node: { type: 'OS::Nova::Server', properties: { user_data: userData } }, ...more } };
}

describe('a request about a stack', () => {
  it('may be sent when everything in it is small and well named', () => {
    const request = { stack_name: 'a.b_c-1', template, files: { 'x.sh': 'echo' }, tags: `one,${'t'.repeat(80)}` };

    expect(problemsOf(request)).toEqual([]);
  });

  it.each(['1st', '', 'a b', 'a/b', `a${'b'.repeat(255)}`])('is not sent with the name "%s"', (name) => {
    expect(problemsOf({ stack_name: name })).toEqual([expect.stringMatching(/^the name .* begin with a letter/)]);
  });

  it('is not sent with a tag that is too long, which it names', () => {
    const tag = 't'.repeat(83);

    expect(problemsOf({ tags: `fine,${tag}` })).toEqual([`the tag ${tag} has 83 characters, 3 too many`]);
  });

  it('names each file that is too large, and by how much', () => {
    const files = { 'parts/a.sh': 'x'.repeat(512 * kib + 7), 'b.yaml': 'x'.repeat(512 * kib), 'c.sh': 'é'.repeat(1) };

    expect(problemsOf({ files })).toEqual([
      'parts/a.sh has 524295 bytes, 7 more than Heat accepts',
      expect.stringMatching(/^the whole request has 10\d{5} bytes, \d+ more than Heat accepts$/),
    ]);
  });

  it('counts a template as Heat does: as a text, or as Python writes an object', () => {
    const text = 'x'.repeat(512 * kib + 1);
    // {"description": "…", "a": ["b", "c"]} with three more blanks than JSON needs, and one in the list
    const object = { description: '', a: ['b', 'c'] };
    const fits = { ...object, description: 'x'.repeat(512 * kib - JSON.stringify(object).length - 4) };

    expect(problemsOf({ template: text })).toEqual(['the template has 524289 bytes, 1 more than Heat accepts']);
    expect(problemsOf({ template: fits })).toEqual([]);
    expect(problemsOf({ template: { ...fits, description: `${fits.description}x` } })).toEqual([
      'the template has 524289 bytes, 1 more than Heat accepts',
    ]);
  });

  it('counts everything that will be sent, the parameters too', () => {
    const request = { template, parameters: { large: 'x'.repeat(kib * kib) } };

    expect(problemsOf(request)).toEqual([expect.stringMatching(/^the whole request has 10\d+ bytes/)]);
  });

  it.each([
    ['written there', serverWith('x'.repeat(49_150)), {}],
    ['in a file', serverWith({ get_file: 'boot.sh' }), { 'boot.sh': 'x'.repeat(49_150) }],
    [
      'filled into a file',
      serverWith({
        str_replace: {
          template: { get_file: 'boot.sh' },
          params: { '@P@': { get_param: 'p' }, '@Q@': 'x'.repeat(150) },
        },
      }),
      { 'boot.sh': `@P@@Q@${'x'.repeat(49_000)}` },
    ],
    [
      'in the parts of a message',
      serverWith(
        { get_resource: 'init' },
        {
          init: {
            type: 'OS::Heat::MultipartMime',
            properties: { parts: [{ config: { get_resource: 'one' } }, { config: 'x'.repeat(9_150) }] },
          },
          one: { type: 'OS::Heat::SoftwareConfig', properties: { config: { get_file: 'one.sh' } } },
        },
      ),
      { 'one.sh': 'x'.repeat(40_000) },
    ],
    ['joined', serverWith({ list_join: ['\n', ['x'.repeat(49_149), { get_param: 'p' }]] }), {}],
    [
      'in cloud-config',
      serverWith({ list_join: ['\n', ['#cloud-config', { runcmd: [{ get_file: 'boot.sh' }] }]] }),
      { 'boot.sh': `"\n${'x'.repeat(49_116)}` },
    ],
  ])('is not sent when the user data of a server, %s, is more than Nova takes', (_how, large, files) => {
    expect(problemsOf({ template: large, files })).toEqual([
      'the user data of node in the template has 49150 bytes, 1 more than Nova accepts',
    ]);
  });

  it('looks for user data in nested templates too', () => {
    const nested = JSON.stringify(serverWith({ get_file: 'boot.sh' }));
    const files = { 'node.yaml': nested, 'boot.sh': 'x'.repeat(50_000) };

    expect(problemsOf({ template, files })).toEqual([
      'the user data of node in node.yaml has 50000 bytes, 851 more than Nova accepts',
    ]);
  });

  it('lets user data pass of which only Heat knows how much it will be', () => {
    const words = '@P@'.repeat(20_000);
    const unknown = serverWith({ str_replace: { template: words, params: { '@P@': { get_attr: ['a', 'b'] } } } });
    const circle = serverWith(
      { get_resource: 'a' },
      { a: { type: 'OS::Heat::SoftwareConfig', properties: { config: { get_resource: 'a' } } } },
    );

    expect(problemsOf({ template: unknown })).toEqual([]);
    expect(problemsOf({ template: circle })).toEqual([]);
    expect(problemsOf({ template: serverWith('x'.repeat(49_149)) })).toEqual([]);
  });

  it('says in one sentence what was being done, what is wrong and what to do', () => {
    const send = () => assertWithinLimits('Creating the Heat stack demo', { files: { a: 'x'.repeat(600 * kib) } });

    expect(send).toThrow('Creating the Heat stack demo: a has 614400 bytes, 90112 more than Heat accepts');
    expect(send).toThrow(expect.objectContaining({ hint: expect.stringMatching(/Swift/), retryable: false }));
  });
});
