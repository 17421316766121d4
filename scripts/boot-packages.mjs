// What `npm run test:boot` gives to servers beside Salt: Debian's packages of what the states would otherwise fetch.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { cache, exec, minutes, Unable } from './docker-engine.mjs';

const wanted = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'conntrack',
  'socat',
  'iptables',
  'ebtables',
  'ethtool',
];

/**
 * A folder with the packages that an image of Debian lacks, and with all that they depend on and the image does not have.
 * Made once for an image, and kept. What the image has is read from its file system: its whole disk is one ext4.
 */
export async function preparePackages(image) {
  const { mtimeMs } = await stat(image);
  const folder = join(cache, `boot-packages-${Math.round(mtimeMs)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(`${folder}.part-`);
  try {
    await writeFile(join(work, 'status'), await installedIn(image, work));
    await download(work);
    await rename(join(work, 'archives'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

async function download(work) {
  const archives = join(work, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const options = [
    `Dir::State::status=${work}/status`,
    `Dir::Cache::archives=${archives}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['--option', option]);
  const command = ['--yes', '--no-install-recommends', '--download-only', ...options, 'install', ...wanted];
  await exec('apt-get', command, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 10 * minutes,
  }).catch((error) => {
    throw new Unable(`packages could not be fetched: ${String(error.stderr).trim().split('\n').at(-1)}`);
  });
  for (const name of await readdir(archives)) {
    if (!name.endsWith('.deb')) await rm(join(archives, name), { recursive: true });
    else await rename(join(archives, name), join(archives, plainName(name)));
  }
}

/** apt writes an epoch's colon as %3a, and versions have ~ and +; the files of a release have plain names. */
function plainName(name) {
  return name.replace(/%3a/g, '-').replace(/[^A-Za-z0-9._-]/g, '-');
}

/** dpkg's list of what an image has. */
async function installedIn(image, work) {
  const raw = join(work, 'image.raw');
  await exec('qemu-img', ['convert', '-O', 'raw', image, raw], { timeout: 5 * minutes });
  const read = ['-R', 'cat /var/lib/dpkg/status', raw];
  const { stdout } = await exec('/usr/sbin/debugfs', read, { timeout: minutes, maxBuffer: 64 * 1024 * 1024 });
  await rm(raw);
  return stdout;
}
