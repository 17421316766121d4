// What `npm run test:salt` needs: a small Debian in a folder, with Salt in it as Salt's onedir tarball has it.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { cache, exec, holds, minutes, succeeds, Unable, which } from './docker-engine.mjs';

/** The newest one whose requirements are all on PyPI; states must not need a newer one. */
const saltVersion = '3008.4';
/** Debian 12, whose Python is this one. What pip installs has parts that are made for one version. */
const suite = 'bookworm';
const python = '3.11';

/** Of what does not show in any result, but in the time that copying takes. */
const ballast = ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'usr/share/locale'];

const saltCall = `#!/bin/sh
PYTHONPATH=/opt/slipway/salt-onedir/lib exec /usr/bin/python3 -c '
import sys
from salt.scripts import salt_call
sys.argv[0] = "salt-call"
salt_call()' "$@"
`;

/** The folder of the system, made at the first time and kept. Tests may read it, and nothing may change in it. */
export async function prepareSaltSystem() {
  await requireNameSpaces();
  const system = join(cache, `salt-${saltVersion}-${suite}-${process.arch}`);
  if (existsSync(system)) return system;
  const pip = await findPip();
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(`${system}.part-`);
  try {
    console.error('Making a Debian with Salt, once; this takes a few minutes');
    await installDebian(unfinished);
    await installSalt(join(unfinished, 'opt/slipway/salt-onedir'), pip);
    await chmod(unfinished, 0o755);
    await rename(unfinished, system);
  } catch (error) {
    if (!existsSync(system)) throw error; // somebody else was faster
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return system;
}

/** Every machine of the tests is a mount name space with an overlay. */
async function requireNameSpaces() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Unable('it takes root on Linux');
  const mounting =
    'mount -t tmpfs none /mnt && cd /mnt && mkdir a b c d && mount -t overlay o -o lowerdir=a,upperdir=b,workdir=c d';
  if (!(await succeeds('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', mounting]))) {
    throw new Unable('unshare and overlays do not work here');
  }
}

async function findPip() {
  for (const name of [`python${python}`, 'python3']) {
    const check = `import sys, pip; sys.exit("%d.%d" % sys.version_info[:2] != "${python}")`;
    if (await succeeds(name, ['-c', check])) return name;
  }
  throw new Unable(`there is no Python ${python} with pip, which installs Salt for Debian's`);
}

async function installDebian(system) {
  if (!(await holds(which('debootstrap')))) throw new Unable('there is no debootstrap on the PATH');
  const options = ['--variant=minbase', '--include=python3,procps', suite, system];
  await attempt('Debian could not be fetched', 'debootstrap', options);
  for (const folder of ballast) await rm(join(system, folder), { recursive: true, force: true });
}

async function installSalt(folder, pip) {
  const lib = join(folder, 'lib');
  const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--target', lib];
  await attempt('Salt could not be fetched', pip, ['-m', 'pip', 'install', ...options, `salt==${saltVersion}`]);
  await writeFile(join(folder, 'salt-call'), saltCall, { mode: 0o755 });
}

/** Without a mirror of Debian, or without PyPI, the tests cannot run; that is no failure of theirs. */
async function attempt(otherwise, program, options) {
  try {
    await exec(program, options, { timeout: 15 * minutes, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const lines = `${error.stdout}\n${error.stderr}`.trim().split('\n');
    const line = lines.findLast((each) => /^(E|ERROR):/.test(each)) ?? lines.at(-1);
    throw new Unable(`${otherwise}: ${line?.slice(0, 300)}`);
  }
}
