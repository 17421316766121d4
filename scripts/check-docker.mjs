// Checks the Dockerfile and docker-compose.yml for real: builds both images, runs them against a Redis, and ends with
// status 0, 1 when something is wrong, or 77 when this machine cannot run the check (a line says why).
//
// Uses the Docker engine that answers; as root, without one, it starts its own for the time of the check. Where no
// registry can be reached, the base image is made of Debian packages and this machine's Node.js.
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import {
  canPull,
  exec,
  findEngine,
  importImage,
  makeFolder,
  minutes,
  root,
  runCheck,
  say,
  succeeds,
  undo,
  unpackDebian,
  which,
} from './docker-engine.mjs';

await runCheck(check);

async function check() {
  await checkCompose();
  const folder = await makeFolder();
  const docker = await findEngine(folder);
  const bases = await findBases(docker, folder);
  await checkImages(docker, bases);
}

/** docker-compose.yml with the variables of .env.example. */
async function checkCompose() {
  const compose = await findCompose();
  if (compose === undefined) return say('docker compose: not checked, there is neither the plugin nor docker-compose');
  const folder = await makeFolder();
  await copyFile(join(root, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
  await copyFile(join(root, '.env.example'), join(folder, '.env'));
  await exec(compose[0], [...compose.slice(1), 'config', '--quiet'], { cwd: folder, timeout: minutes });
  say('docker-compose.yml is valid');
}

async function findCompose() {
  const candidates = [['docker', 'compose'], ['docker-compose']];
  for (const candidate of candidates) {
    if (await succeeds(candidate[0], [...candidate.slice(1), 'version'])) return candidate;
  }
  return undefined;
}

/** The build arguments that name images to start from: the Dockerfile's own where a registry answers. */
async function findBases(docker, folder) {
  if (await canPull(docker, 'node:20-bookworm-slim', 'docker:28-cli')) return [];
  await importNodeImage(docker, folder);
  await importDockerCli(docker, folder);
  say("no registry answers: the images are built on Debian packages with this machine's Node.js and docker client");
  return ['--build-arg', 'NODE_IMAGE=slipway-node:local', '--build-arg', 'DOCKER_CLI_IMAGE=slipway-docker-cli:local'];
}

async function importNodeImage(docker, folder) {
  const system = await unpackDebian(folder, 'node');
  const npm = dirname(dirname((await exec('readlink', ['-f', await which('npm')])).stdout.trim()));
  await mkdir(join(system, 'usr/lib/node_modules'), { recursive: true });
  await copyFile(process.execPath, join(system, 'usr/bin/node'));
  await cp(npm, join(system, 'usr/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(system, 'usr/bin/npm'));
  await importImage(docker, system, 'slipway-node:local', 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt');
}

/** Stands in for docker:28-cli; building with it needs the real one. */
async function importDockerCli(docker, folder) {
  const system = join(folder, 'docker-cli');
  const plugins = join(system, 'usr/local/libexec/docker/cli-plugins');
  await mkdir(plugins, { recursive: true });
  await mkdir(join(system, 'usr/local/bin'), { recursive: true });
  await copyFile(await which('docker'), join(system, 'usr/local/bin/docker'));
  await writeFile(join(plugins, 'docker-buildx'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await importImage(docker, system, 'slipway-docker-cli:local', 'CMD ["docker"]');
}

async function checkImages(docker, bases) {
  const suffix = `check-${process.pid}`;
  const images = { slipway: `slipway:${suffix}`, 'build-worker': `slipway-build-worker:${suffix}` };
  for (const [target, image] of Object.entries(images)) {
    await docker(['build', '--network', 'host', ...bases, '--target', target, '--tag', image, '.']);
    undo.push(() => docker(['image', 'rm', '--force', image]));
    const { stdout } = await docker(['image', 'inspect', '--format', '{{.Size}}', image]);
    say(`${target}: built, ${Math.round(Number(stdout) / 1e6)} MB`);
  }

  const redisUrl = await startRedisForContainers();
  const run = (image, ...args) =>
    docker(['run', '--rm', '--network', 'host', '--env', `REDIS_URL=${redisUrl}`, image, ...args]);
  const shell = (image, script) =>
    docker(['run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', script]);

  await expectAnswer(run(images.slipway, 'health'), /./, 'slipway health answers in the image');
  await expectRefusal(
    run(images.slipway, 'bot'),
    /SLACK_BOT_TOKEN/,
    'slipway bot without a configuration says what it lacks',
  );
  await expectAnswer(shell(images.slipway, 'id -u'), /^10001$/, 'slipway runs as user 10001');
  await expectAnswer(
    shell(images.slipway, 'touch dist/x 2>&1 || touch "$DATA_DIR/x" && ls'),
    /Permission denied\ndist\nnode_modules\npackage.json\ntemplates/,
    'slipway holds the build, its dependencies and the templates, and can write its data only',
  );
  await expectAnswer(
    shell(images.slipway, 'ls node_modules/typescript node_modules/vitest 2>&1 || true'),
    /No such file[\s\S]*No such file/,
    'slipway has no development dependencies',
  );
  await expectAnswer(
    shell(images['build-worker'], 'git --version && make --version && docker --version && id -u'),
    /git version[\s\S]*GNU Make[\s\S]*Docker version[\s\S]*^0$/m,
    'build-worker has git, make and the docker client',
  );
}

async function expectAnswer(answer, pattern, claim) {
  const { stdout } = await answer;
  if (!pattern.test(stdout.trim())) throw new Error(`${claim}: not so, it answered ${JSON.stringify(stdout)}`);
  say(claim);
}

async function expectRefusal(answer, pattern, claim) {
  const said = await answer.then(
    () => 'nothing, and status 0',
    (error) => error.stderr ?? error.message,
  );
  if (!pattern.test(said)) throw new Error(`${claim}: not so, it said ${JSON.stringify(said)}`);
  say(claim);
}

/** With the code of the playground, from the build; its own process ends with this one. */
async function startRedisForContainers() {
  const module = join(root, 'dist/src/playground/redis/redis.js');
  if (!existsSync(module)) throw new Error('dist is missing: npm run build comes first');
  const { startRedis } = await import(module);
  const directory = await mkdtemp(join(tmpdir(), 'slipway-docker-redis-'));
  const redis = await startRedis({ directory, env: process.env, log: { info() {} } });
  undo.push(async () => {
    await redis.close();
    await rm(directory, { recursive: true, force: true });
  });
  return redis.url;
}
