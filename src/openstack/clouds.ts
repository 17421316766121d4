import { homedir } from 'node:os';
import { ConfigError } from '../errors.ts';
import type { CloudConfig } from './cloud-config.ts';
import { type CloudEntry, entryFromEnvironment, readCloudEntries } from './cloud-entry.ts';
import { readIdentity } from './cloud-identity.ts';
import { CloudProblems } from './cloud-problems.ts';
import { readTransport } from './cloud-transport.ts';

/** Where to look for clouds.yaml when OS_CLIENT_CONFIG_FILE does not say. */
export interface CloudPlaces {
  cwd?: string;
  home?: string;
}

/**
 * Reads one cloud the way every OpenStack tool does: the entry `name` (or OS_CLOUD) of clouds.yaml merged with
 * secure.yaml beside it; without a name, the OS_* variables of `env`.
 *
 * @throws ConfigError with every problem that was found and what to write instead.
 */
export function readCloud(
  name: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  places: CloudPlaces = {},
): CloudConfig {
  const wanted = name ?? (env.OS_CLOUD || undefined);
  const entry =
    wanted === undefined
      ? entryFromEnvironment(env)
      : readCloudEntries(env, { cwd: places.cwd ?? process.cwd(), home: places.home ?? homedir() }).entry(wanted);
  return cloudFromEntry(wanted ?? 'environment', entry);
}

function cloudFromEntry(name: string, entry: CloudEntry): CloudConfig {
  const problems = new CloudProblems(entry);
  const identity = readIdentity(problems);
  const transport = readTransport(problems);

  if (identity === undefined || transport === undefined || problems.found.length > 0) {
    throw new ConfigError(`The credentials of the cloud ${name} (${entry.source}) are not usable`, problems.found, {
      hint: 'The problems are listed one by one; correct them and start again.',
    });
  }
  return { name, ...identity, ...transport };
}
