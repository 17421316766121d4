import { inject } from 'vitest';
import { runProcess } from '../../../src/kubernetes/process.ts';

/** Runs the docker client against the engine of these tests, and answers what it wrote. */
export async function docker(...args: readonly string[]): Promise<string> {
  const output = await runProcess({
    command: 'docker',
    args,
    doing: 'Asking Docker in a test',
    env: dockerEnvironment(),
    deadlineMs: 60_000,
  });
  return output.trim();
}

/** What a worker's environment has of Docker in these tests: an engine, and a configuration with the plugin buildx. */
export function dockerEnvironment(): Record<string, string> {
  const given = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), DOCKER_CONFIG: inject('dockerConfig') };
}

/** Names of all containers, running or not, that begin with a prefix; sorted. */
export async function containers(prefix = ''): Promise<string[]> {
  return names(await docker('ps', '--all', '--format', '{{.Names}}'), prefix);
}

/** Names with tags of all images that begin with a prefix; sorted. */
export async function images(prefix = ''): Promise<string[]> {
  return names(await docker('images', '--format', '{{.Repository}}:{{.Tag}}'), prefix);
}

/** Names of all volumes that begin with a prefix; sorted. Volumes without a name have one of 64 digits. */
export async function volumes(prefix = ''): Promise<string[]> {
  return names(await docker('volume', 'ls', '--format', '{{.Name}}'), prefix);
}

function names(output: string, prefix: string): string[] {
  return output
    .split('\n')
    .filter((name) => name !== '' && name.startsWith(prefix))
    .sort();
}
