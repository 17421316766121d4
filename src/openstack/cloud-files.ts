import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { ConfigError } from '../errors.ts';

/** A map of YAML before anything is known of it. */
export interface YamlMap {
  [key: string]: unknown;
}

/** Where files are looked for when no variable names them. */
export interface Places {
  cwd: string;
  home: string;
}

/** Environment variables, passed in. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The clouds that the files describe. */
export interface CloudFiles {
  /** The file with the clouds; undefined when there is none. */
  file: string | undefined;
  /** Where it was looked for. */
  candidates: readonly string[];
  /** The entries of clouds.yaml with those of secure.yaml laid over them. */
  clouds: YamlMap;
  /** The profiles of clouds-public.yaml. */
  profiles: YamlMap;
}

/**
 * Reads clouds.yaml, secure.yaml and clouds-public.yaml, each from the first place that has it. secure.yaml is found on
 * its own: it need not be beside clouds.yaml.
 *
 * @throws ConfigError when a file that a variable names is not there, or one that is there cannot be used.
 */
export function readCloudFiles(env: Environment, places: Places): CloudFiles {
  const candidates = candidatesFor('clouds', places);
  const file = namedFile(env, 'OS_CLIENT_CONFIG_FILE') ?? candidates.find(isReadable);
  const beside = file === undefined ? [] : namesOf('secure', dirname(file));
  const secureFile =
    namedFile(env, 'OS_CLIENT_SECURE_FILE') ?? [...candidatesFor('secure', places), ...beside].find(isReadable);
  const publicFile = candidatesFor('clouds-public', places).find(isReadable);

  const secure = secureFile === undefined ? {} : section(secureFile, 'clouds');
  return {
    file,
    candidates,
    clouds: merge(file === undefined ? {} : section(file, 'clouds'), secure),
    profiles: publicFile === undefined ? {} : section(publicFile, 'public-clouds'),
  };
}

/** What `over` says wins, section by section. */
export function merge(under: YamlMap, over: unknown): YamlMap {
  if (!isMap(over)) return under;
  const merged: YamlMap = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isMap(below) && isMap(value) ? merge(below, value) : value;
  }
  return merged;
}

/** True for a map of YAML; false for a list, a text and nothing. */
export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namedFile(env: Environment, variable: string): string | undefined {
  const file = env[variable];
  if (!file) return undefined;
  if (existsSync(file)) return file;
  throw new ConfigError('A file of OpenStack clouds is not there', [`${variable} names ${file}, which does not exist`]);
}

function candidatesFor(name: string, { cwd, home }: Places): string[] {
  return [cwd, join(home, '.config', 'openstack'), '/etc/openstack'].flatMap((folder) => namesOf(name, folder));
}

function namesOf(name: string, folder: string): string[] {
  return ['yaml', 'yml', 'json'].map((suffix) => join(folder, `${name}.${suffix}`));
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false; // not there, or somebody else's: the next place counts
  }
}

function section(file: string, name: string): YamlMap {
  const content = parseFile(file);
  if (isMap(content) && isMap(content[name])) return content[name];
  throw new ConfigError(`${file} describes no clouds`, [
    `${file} has no section "${name}"; write "${name}:" at its top`,
  ]);
}

/** JSON is YAML too. */
function parseFile(file: string): unknown {
  try {
    return load(readFileSync(file, 'utf8'));
  } catch (cause) {
    // The parser's message quotes the lines around the fault, and one of those may be a password.
    const reason = cause instanceof Error && 'reason' in cause ? String(cause.reason) : 'it cannot be read';
    throw new ConfigError(`${file} cannot be used`, [`${file} is not valid YAML: ${reason}`]);
  }
}
