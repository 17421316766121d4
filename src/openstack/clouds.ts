import { homedir } from 'node:os';
import { ConfigError } from '../errors.ts';
import { type CloudEntry, entryFromEnvironment, readCloudEntries } from './cloud-entry.ts';
import { readIdentity } from './cloud-identity.ts';
import { CloudProblems } from './cloud-problems.ts';
import { readTransport } from './cloud-transport.ts';
import type { Secret } from './secret.ts';

/** Something that Keystone knows by a name within a domain, or by an id of its own. */
export type NamedInDomain = { id: string } | { name: string; domain: Domain };

/** A Keystone domain. */
export type Domain = { id: string } | { name: string };

/** Which of a service's addresses to use. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** Everything that is needed to talk to one project of one OpenStack cloud. */
export interface CloudConfig {
  /** The name in clouds.yaml; `environment` when it came from OS_* variables. */
  name: string;
  /** Keystone's address, ending in /v3. */
  authUrl: string;
  user: NamedInDomain;
  password: Secret;
  project: NamedInDomain;
  region?: string;
  interface: EndpointInterface;
  /** Catalog type (`object-store`, `orchestration` …) to the address that replaces the catalog's. */
  endpointOverrides: Readonly<Record<string, string>>;
  /** PEM text of the authorities to trust besides the system's own. */
  ca?: string;
  /** False when clouds.yaml says `verify: false`. */
  verify: boolean;
}

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
