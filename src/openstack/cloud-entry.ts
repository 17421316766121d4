import { type Environment, isMap, merge, type YamlMap } from './cloud-files.ts';

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

const authKeys = new Set([
  'auth_url',
  'username',
  'user_id',
  'password',
  'token',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
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

/** Variables that choose a cloud or a file; by themselves they describe none. */
const selectors = new Set(['OS_CLOUD', 'OS_REGION_NAME', 'OS_CLIENT_CONFIG_FILE', 'OS_CLIENT_SECURE_FILE']);

/** The OS_* variables as the settings of a cloud; undefined when none of them describes one. */
export function entryFromEnvironment(env: Environment): CloudEntry | undefined {
  const variables = Object.entries(env).filter(([name, value]) => /^OS_(?!TEST|STD|LOG)/.test(name) && value);
  if (variables.every(([name]) => selectors.has(name))) return undefined;
  return {
    settings: tidy(Object.fromEntries(variables.map(([name, value]) => [name.slice(3).toLowerCase(), value]))),
    source: 'the OS_* variables',
    nameOf: (key) => `OS_${key.toUpperCase()}`,
    example: (key, value) => `OS_${key.toUpperCase()}=${value}`,
  };
}

/** An entry of clouds.yaml on top of the profile that it names; the entry's own settings win. */
export function entryFromFile(name: string, cloud: YamlMap, profiles: YamlMap, file: string): CloudEntry {
  const profile = profiles[String(cloud.profile ?? cloud.cloud)];
  const whole = merge(isMap(profile) ? profile : {}, cloud);
  return {
    settings: flatten(merge(whole, regionOf(whole))),
    source: file,
    nameOf: (key) => (authKeys.has(key) ? `clouds.${name}.auth.${key}` : `clouds.${name}.${key}`),
    example: (key, value) => `${authKeys.has(key) ? 'auth.' : ''}${key}: ${value}`,
  };
}

/** What stands in `auth` wins over the same key beside it. */
function flatten({ auth, ...cloud }: YamlMap): YamlMap {
  return tidy({ ...spelled(cloud), ...(isMap(auth) ? spelled(auth) : {}) });
}

/** Keys may be written with dashes. */
function spelled(settings: YamlMap): YamlMap {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key.replaceAll('-', '_'), value]));
}

/** The older of two names gives way, but for endpoint_type: that wins over interface. */
function tidy(settings: YamlMap): YamlMap {
  const { endpoint_type, auth_plugin, auth_token, tenant_id, tenant_name, user_name, ...rest } = settings;
  const older: YamlMap = {
    auth_type: auth_plugin,
    token: auth_token,
    project_id: tenant_id,
    project_name: tenant_name,
    username: user_name,
  };
  const tidied: YamlMap = { ...rest, ...(endpoint_type ? { interface: endpoint_type } : {}) };
  for (const [key, value] of Object.entries(older)) {
    if (value) tidied[key] ??= value;
  }
  return tidied;
}

/**
 * The settings of the region in use: of the first in `regions`, or of the one that region_name chooses there. A region
 * is a name, or a name with values of its own. region_name may be a list as well; its first one counts.
 */
function regionOf(cloud: YamlMap): YamlMap {
  const chosen = firstOf(cloud.region_name);
  const regions = Array.isArray(cloud.regions) ? cloud.regions : [];
  const region = regions.find((candidate) => nameOfRegion(candidate) === chosen) ?? regions[0];
  if (chosen !== undefined && nameOfRegion(region) !== chosen) return { region_name: chosen };
  const values = isMap(region) && isMap(region.values) ? region.values : {};
  return region === undefined ? {} : { ...values, region_name: nameOfRegion(region) };
}

function firstOf(regionName: unknown): unknown {
  if (Array.isArray(regionName)) return regionName[0];
  return typeof regionName === 'string' ? regionName.split(',')[0]?.trim() : regionName;
}

function nameOfRegion(region: unknown): unknown {
  return isMap(region) ? region.name : region;
}
