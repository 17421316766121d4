// Checks test/lab/Dockerfile for real: builds the image, which takes about ten minutes, lets an OpenStack come up in a
// container, runs contract suites against it, and stops it. Ends with 0, 1 or 77, as check-docker.mjs does.
import { join } from 'node:path';
import process from 'node:process';
import {
  canPull,
  exec,
  findEngine,
  importImage,
  makeFolder,
  minutes,
  pause,
  root,
  runCheck,
  say,
  succeeds,
  Unable,
  undo,
  unpackDebian,
} from './docker-engine.mjs';

await runCheck(checkLab);

/** The container shares this machine's network, so the ports of a lab have to be free. */
async function checkLab() {
  if (await succeeds(join(root, 'test/lab/openstack-lab'), ['status'])) {
    throw new Unable('a lab is up on this machine, and one in a container needs the same ports');
  }
  const folder = await makeFolder();
  const docker = await findEngine(folder);
  const image = `slipway-lab:check-${process.pid}`;
  const base = (await canPull(docker, 'debian:12')) ? [] : await importDebian(docker, folder);
  await timed('the image of the lab is built', () =>
    docker(['build', '--network', 'host', ...base, '--tag', image, 'test/lab'], { timeout: 20 * minutes }),
  );
  undo.push(() => docker(['image', 'rm', '--force', image]));
  const { stdout } = await docker(['image', 'inspect', '--format', '{{.Size}}', image]);
  say(`lab: ${Math.round(Number(stdout) / 1e6)} MB`);

  const name = `slipway-lab-check-${process.pid}`;
  undo.push(() => docker(['rm', '--force', '--volumes', name]));
  await timed('a container of it is healthy', async () => {
    await docker(['run', '--detach', '--name', name, '--network', 'host', '--cap-add', 'NET_ADMIN', image]);
    await untilHealthy(docker, name);
  });
  const clouds = join(folder, 'clouds.yaml');
  await docker(['cp', `${name}:/var/lib/openstack-lab/clouds.yaml`, clouds]);
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'lab',
    'test/contracts',
    '-t',
    'Keystone|Swift',
  ];
  await timed('the contract suites of Keystone and Swift pass against it', () =>
    exec(process.execPath, vitest, { cwd: root, env: { ...process.env, OS_CLIENT_CONFIG_FILE: clouds } }),
  );
  await timed('it stops when it is asked to', async () => {
    await docker(['stop', '--time', '60', name]);
    const { stdout: code } = await docker(['inspect', '--format', '{{.State.ExitCode}}', name]);
    if (code.trim() !== '0') throw new Error(`the container of the lab ended with status ${code.trim()}, not 0`);
  });
}

async function importDebian(docker, folder) {
  await importImage(docker, await unpackDebian(folder, 'debian-base'), 'slipway-debian:local', 'CMD ["bash"]');
  return ['--build-arg', 'BASE=slipway-debian:local'];
}

async function untilHealthy(docker, name) {
  for (let second = 0; second < 240; second += 1) {
    const { stdout } = await docker(['inspect', '--format', '{{.State.Status}} {{.State.Health.Status}}', name]);
    if (stdout.trim() === 'running healthy') return;
    if (stdout.startsWith('exited')) break;
    await pause(1000);
  }
  const { stdout, stderr } = await docker(['logs', '--tail', '20', name]);
  throw new Error(`the container of the lab did not become healthy:\n${stdout}${stderr}`);
}

async function timed(claim, work) {
  const start = Date.now();
  await work();
  say(`${claim} (${Math.round((Date.now() - start) / 1000)} s)`);
}
