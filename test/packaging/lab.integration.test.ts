import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const nobody = 65_534;
let folder: string;

/** A copy that a user without rights can run too. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-lab-'));
  await chmod(folder, 0o755);
  await cp('test/lab', join(folder, 'lab'), { recursive: true });
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Result {
  status: unknown;
  output: string;
  errors: string;
}

/** Runs the lab's script on a state folder that does not exist, without root's rights. */
function lab(...args: readonly string[]): Promise<Result> {
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const env = { PATH: process.env.PATH, OPENSTACK_LAB_STATE: join(folder, 'state') };
  return new Promise((resolve) => {
    execFile(join(folder, 'lab/openstack-lab'), args, { ...user, env }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : error.code, output: stdout, errors: stderr });
    });
  });
}

describe('openstack-lab', () => {
  it('says in one line why it cannot run here, with the status that means so', async () => {
    const result = await lab('up');

    expect(result).toEqual({
      status: 77,
      output: '',
      errors: expect.stringMatching(/^openstack-lab: not on this machine: it takes [^\n]+\n$/),
    });
  });

  it('tells a lab of which nothing runs from one that is up in part', async () => {
    const result = await lab('status');

    expect(result.status).toBe(3);
    expect(result.output).toMatch(/^keystone +down +http:\/\/127\.0\.0\.1:5000\/v3$/m);
    expect(result.output).not.toMatch(/ up /);
  });

  it('says how to get a lab where there is none', async () => {
    const result = await lab('env');

    expect(result).toEqual({
      status: 1,
      output: '',
      errors: 'openstack-lab: there is no lab here; run: openstack-lab up\n',
    });
  });

  it.each([['unheard-of'], []])('shows how it is used when asked for %j', async (...args) => {
    const result = await lab(...args);

    expect(result).toEqual({
      status: 2,
      output: '',
      errors: expect.stringMatching(/^Usage: openstack-lab COMMAND\n/),
    });
  });

  it('fills in every name in its configuration files', async () => {
    const filledIn = await readFile('test/lab/lib/install.sh', 'utf8');
    const files = await readdir('test/lab/conf', { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    );

    const names = new Set(texts.flatMap((text) => [...text.matchAll(/@([A-Z_]+)@/g)].map(([, name]) => name ?? '')));

    expect(names).toContain('STATE');
    for (const name of names) expect(filledIn).toContain(`s|@${name}@|`);
  });
});
