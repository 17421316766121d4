import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { ConfigError } from '../errors.ts';

/** The settings of one cloud under the names that clouds.yaml gives them, those of its `auth` section included. */
export interface CloudEntry {
  settings: Readonly<Record<string, unknown>>;
  /** Where they come from, in words. */
  source: string;
  /** How the person who wrote a setting calls it: `auth.username` or OS_USERNAME. */
  nameOf(key: string): string;
  /** A setting written out: `auth.username: demo` or OS_USERNAME=demo. */
  example(key: string, value: string): string;
}

interface YamlMap {
  [key: string]: unknown;
}

const authKeys = new Set([
  'auth_url',
  'username',
  'user_id',
  'password',
  'project_name',
  'project_id',
  'tenant_name',
  'tenant_id',
  'user_domain_name',
  'user_domain_id',
  'project_domain_name',
  'project_domain_id',
  'domain_name',
  'domain_id',
]);

/** The OS_* variables as the settings of a cloud. OS_TENANT_NAME and OS_ENDPOINT_TYPE are their older names. */
export function entryFromEnvironment(env: Readonly<Record<string, string | undefined>>): CloudEntry {
  const settings: YamlMap = {};
  for (const [variable, value] of Object.entries(env)) {
    if (variable.startsWith('OS_') && value) settings[variable.slice(3).toLowerCase()] = value;
  }
  if (Object.keys(settings).length === 0) {
    throw new ConfigError('No OpenStack cloud is configured', [
      'Neither OS_CLOUD nor OS_AUTH_URL is set; name an entry of clouds.yaml (OS_CLOUD=mycloud) or source an openrc file',
    ]);
  }
  return {
    settings,
    source: 'the OS_* variables',
    nameOf: (key) => `OS_${key.toUpperCase()}`,
    example: (key, value) => `OS_${key.toUpperCase()}=${value}`,
  };
}

/** The clouds of clouds.yaml merged with those of secure.yaml beside it. */
export function readCloudEntries(
  env: Readonly<Record<string, string | undefined>>,
  places: { cwd: string; home: string },
): { entry(name: string): CloudEntry } {
  const file = findCloudsFile(env, places);
  const secureFile = join(dirname(file), 'secure.yaml');
  const clouds = cloudsOf(file);
  const secure = existsSync(secureFile) ? cloudsOf(secureFile) : {};

  return {
    entry(name) {
      const cloud = clouds[name];
      if (!isMap(cloud)) {
        const known = Object.keys(clouds).join(', ') || 'none';
        throw new ConfigError(`There is no cloud ${name}`, [`${file} has no cloud "${name}"; it has: ${known}`]);
      }
      return entryOf(name, merge(cloud, secure[name]), file);
    },
  };
}

function entryOf(name: string, cloud: YamlMap, file: string): CloudEntry {
  const nameOf = (key: string): string => (authKeys.has(key) ? `clouds.${name}.auth.${key}` : `clouds.${name}.${key}`);
  return {
    settings: { ...cloud, ...(isMap(cloud.auth) ? cloud.auth : {}) },
    source: file,
    nameOf,
    example: (key, value) => `${authKeys.has(key) ? 'auth.' : ''}${key}: ${value}`,
  };
}

function findCloudsFile(
  env: Readonly<Record<string, string | undefined>>,
  { cwd, home }: { cwd: string; home: string },
): string {
  const told = env.OS_CLIENT_CONFIG_FILE;
  if (told) {
    if (existsSync(told)) return told;
    throw new ConfigError('clouds.yaml is not there', [`OS_CLIENT_CONFIG_FILE names ${told}, which does not exist`]);
  }
  const candidates = [cwd, join(home, '.config', 'openstack'), '/etc/openstack'].flatMap((folder) =>
    ['clouds.yaml', 'clouds.yml'].map((file) => join(folder, file)),
  );
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new ConfigError('clouds.yaml is not there', [
    `None of these files exists: ${candidates.join(', ')}; write one, or name yours in OS_CLIENT_CONFIG_FILE`,
  ]);
}

function cloudsOf(file: string): YamlMap {
  const content = parseFile(file);
  if (isMap(content) && isMap(content.clouds)) return content.clouds;
  throw new ConfigError(`${file} describes no clouds`, [`${file} has no section "clouds"; write "clouds:" at its top`]);
}

function parseFile(file: string): unknown {
  try {
    return load(readFileSync(file, 'utf8'));
  } catch (cause) {
    // The parser's message quotes the lines around the fault, and one of those may be a password.
    const reason = cause instanceof Error && 'reason' in cause ? String(cause.reason) : 'it cannot be read';
    throw new ConfigError(`${file} cannot be used`, [`${file} is not valid YAML: ${reason}`]);
  }
}

/** What `over` says wins, section by section. */
function merge(under: YamlMap, over: unknown): YamlMap {
  if (!isMap(over)) return under;
  const merged: YamlMap = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
