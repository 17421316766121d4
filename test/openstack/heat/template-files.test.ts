import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTemplate } from '../../../src/openstack/heat/template-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'templates-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, content: string | Buffer): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const version = 'heat_template_version: 2018-08-31\n';

describe('a template with its files', () => {
  it('keeps its version a text and reads the rest as Heat does', async () => {
    const root = write('a.yaml', `${version}x: {mode: 0600, on: yes, n: y, when: 2020-01-01, <<: {merged: 1}}`);

    const { template, files } = await loadTemplate(root);

    expect(template).toEqual({
      heat_template_version: '2018-08-31',
      x: { mode: 0o600, true: true, n: 'y', when: '2020-01-01', merged: 1 },
    });
    expect(files).toEqual({});
  });

  it('names every file by its path from the outermost template, wherever it is referred to', async () => {
    const root = write(
      'heat/cluster.yaml',
      `${version}resources:\n  a: {type: OS::Heat::SoftwareConfig, properties: {config: {get_file: ../cloud-init/boot.sh}}}\n  n: {type: OS::Heat::AutoScalingGroup, properties: {resource: {type: parts/node.yaml}}}`,
    );
    write('cloud-init/boot.sh', '#!/bin/sh\n');
    write(
      'heat/parts/node.yaml',
      `${version}resources: {c: {type: OS::X::Y, properties: {config: {str_replace: {template: {get_file: node.sh}}}}}, v: {type: volume.yaml}}`,
    );
    write('heat/parts/node.sh', 'echo node');
    write('heat/parts/volume.yaml', `${version}resources: {}`);

    const { template, files } = await loadTemplate(root);

    expect(Object.keys(files).sort()).toEqual([
      '../cloud-init/boot.sh',
      'parts/node.sh',
      'parts/node.yaml',
      'parts/volume.yaml',
    ]);
    expect(template).toMatchObject({ resources: { n: { properties: { resource: { type: 'parts/node.yaml' } } } } });
    expect(files['parts/node.sh']).toBe('echo node');
    expect(JSON.parse(files['parts/node.yaml'] ?? '')).toMatchObject({
      heat_template_version: '2018-08-31',
      resources: {
        c: { properties: { config: { str_replace: { template: { get_file: 'parts/node.sh' } } } } },
        v: { type: 'parts/volume.yaml' },
      },
    });
  });

  it('may contain itself without end', async () => {
    const root = write('a.yaml', `${version}resources: {b: {type: b.yaml}}`);
    write('b.yaml', `${version}resources: {b: {type: b.yaml}}`);

    const { files } = await loadTemplate(root);

    expect(Object.keys(files)).toEqual(['b.yaml']);
  });

  it('is missed with the file that wants it', async () => {
    const root = write('a.yaml', `${version}resources: {b: {type: gone.yaml}}`);

    await expect(loadTemplate(root)).rejects.toMatchObject({
      code: 'config',
      problems: [`${join(folder, 'gone.yaml')} is missing; ${root} refers to it`],
    });
  });

  it.each([
    ['is no YAML', 'a: [', /a\.yaml is not valid YAML/],
    ['is no map', '- 1', /a\.yaml is not a Heat template/],
    ['refers to the network', 'x: {get_file: "http://example.org/x.sh"}', /only files beside the template/],
  ])('is refused when it %s', async (_case, content, problem) => {
    const root = write('a.yaml', content);

    await expect(loadTemplate(root)).rejects.toMatchObject({ problems: [expect.stringMatching(problem)] });
  });

  it('takes no binary files', async () => {
    const root = write('a.yaml', 'x: {get_file: x.tar.gz}');
    write('x.tar.gz', Buffer.from([0x1f, 0x8b, 0x08, 0xff]));

    await expect(loadTemplate(root)).rejects.toMatchObject({ problems: [expect.stringMatching(/not a text/)] });
  });

  it('takes no file larger than Heat does', async () => {
    const root = write('a.yaml', 'x: {get_file: x.txt}');
    write('x.txt', 'x'.repeat(513 * 1024));

    await expect(loadTemplate(root)).rejects.toMatchObject({
      problems: ['x.txt has 525312 bytes, 1024 more than Heat accepts'],
    });
  });

  it('takes no more in all than Heat does', async () => {
    const root = write('a.yaml', 'a: {get_file: a.txt}\nb: {get_file: b.txt}\nc: {get_file: c.txt}');
    write('a.txt', 'x'.repeat(500 * 1024));
    write('b.txt', 'x'.repeat(500 * 1024));
    write('c.txt', 'x'.repeat(100 * 1024));

    await expect(loadTemplate(root)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^The Heat template ${root} cannot be used: the whole request has`)),
    });
  });
});
