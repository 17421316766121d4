import { homedir } from 'node:os';
import { ConfigError } from '../errors.ts';
import type { CloudConfig } from './cloud-config.ts';
import { type CloudEntry, entryFromEnvironment, entryFromFile } from './cloud-entry.ts';
import { type CloudFiles, type Environment, isMap, type Places, readCloudFiles } from './cloud-files.ts';
import { readIdentity } from './cloud-identity.ts';
import { CloudProblems } from './cloud-problems.ts';
import { readTransport } from './cloud-transport.ts';

/** Where to look for clouds.yaml when OS_CLIENT_CONFIG_FILE does not say. */
export type CloudPlaces = Partial<Places>;

/** What openstacksdk calls the cloud of the OS_* variables. */
const environmentName = 'envvars';

/**
 * Reads one cloud by the rules of openstacksdk (its openstack/config/loader.py). Which cloud: `name`, else OS_CLOUD, else
 * the OS_* variables, else the only entry of clouds.yaml. OS_* variables change nothing about an entry of a file.
 * secure.yaml is laid over clouds.yaml, an entry over its profile of clouds-public.yaml, and in an entry `auth` wins over
 * what stands beside it, a region's own values over the entry's, project_* over tenant_*, endpoint_type over interface
 * and `insecure` over `verify`.
 *
 * On purpose it differs in this:
 * - a file that a variable names must exist, and of two secure.yaml the one beside clouds.yaml is the last resort;
 * - without auth_type, an entry with an application credential's secret, or with a token and no user, is taken for that;
 * - a project beside an application credential is passed over instead of sent and refused;
 * - region_name chooses among `regions`, where openstacksdk takes the first whatever it says;
 * - user_domain_name and project_domain_name win over a domain_id for both, and the domain `default` is the last resort;
 * - a text that YAML reads as a number has to be quoted, since a password such as 0123 would arrive as another;
 * - a service may be called by its project in NAME_endpoint_override;
 * - vendors are known by clouds-public.yaml only; settings of one service (`compute_interface` …), XDG_CONFIG_HOME and
 *   OS_CLOUD_NAME are not read.
 *
 * @throws ConfigError with every problem that was found and what to write instead.
 */
export function readCloud(name: string | undefined, env: Environment, places: CloudPlaces = {}): CloudConfig {
  const { cwd = process.cwd(), home = homedir() } = places;
  const chosen = choose(name ?? (env.OS_CLOUD || undefined), env, { cwd, home });
  const problems = new CloudProblems(chosen.entry, home);
  const identity = readIdentity(problems);
  const transport = readTransport(problems);

  if (identity === undefined || transport === undefined || problems.found.length > 0) {
    throw new ConfigError(
      `The credentials of the cloud ${chosen.name} (${chosen.entry.source}) are not usable`,
      problems.found,
      { hint: 'Correct the cloud’s entry in clouds.yaml, or its OS_* variables' },
    );
  }
  return { name: chosen.name, ...identity, ...transport };
}

interface Chosen {
  name: string;
  entry: CloudEntry;
}

function choose(wanted: string | undefined, env: Environment, places: Places): Chosen {
  if (wanted === undefined || wanted === environmentName) {
    const entry = entryFromEnvironment(env);
    if (entry !== undefined) return { name: 'environment', entry };
  }
  const files = readCloudFiles(env, places);
  return fromFiles(wanted ?? onlyCloud(files), files);
}

function onlyCloud({ clouds, file }: CloudFiles): string {
  const [only, ...others] = Object.keys(clouds);
  if (only !== undefined && others.length === 0) return only;
  const problem =
    only === undefined
      ? 'Neither OS_CLOUD nor OS_AUTH_URL is set; name an entry of clouds.yaml (OS_CLOUD=mycloud) or source an openrc file'
      : `${file} has several clouds; set OS_CLOUD to one of: ${[only, ...others].join(', ')}`;
  throw new ConfigError('No OpenStack cloud is configured', [problem]);
}

function fromFiles(name: string, { clouds, profiles, file, candidates }: CloudFiles): Chosen {
  const cloud = clouds[name];
  if (isMap(cloud)) return { name, entry: entryFromFile(name, cloud, profiles, file ?? 'secure.yaml') };
  if (file === undefined) {
    throw new ConfigError('clouds.yaml is not there', [
      `None of these files exists: ${candidates.join(', ')}; write one, or name yours in OS_CLIENT_CONFIG_FILE`,
    ]);
  }
  const known = Object.keys(clouds).join(', ') || 'none';
  throw new ConfigError(`There is no cloud ${name}`, [`${file} has no cloud "${name}"; it has: ${known}`]);
}
