import { isMap } from './heat-yaml.ts';

/** A template, and the files that it may refer to. */
export interface UserDataScope {
  template: Readonly<Record<string, unknown>>;
  files: Readonly<Record<string, string>>;
}

/**
 * The least number of bytes that each server of a template will get as user data, by the server's name in it: what is
 * written there, in files and in software configurations counts; parameters and attributes, whose values Heat puts in
 * later, count nothing. Nested templates have servers of their own.
 */
export function leastUserData(scope: UserDataScope): Map<string, number> {
  const found = new Map<string, number>();
  for (const [name, definition] of Object.entries(resourcesOf(scope.template))) {
    const { type, properties } = mapOr(definition);
    const { user_data } = mapOr(properties);
    if (type === 'OS::Nova::Server' && user_data !== undefined) found.set(name, leastBytes(user_data, scope));
  }
  return found;
}

/** What a value comes to at least. A map that is no function below counts nothing: it may be one of the others. */
function leastBytes(value: unknown, scope: UserDataScope, depth = 0): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (!isMap(value) || depth > deepest) return 0;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0) return 0;
  return functions[name]?.(argument, scope, depth + 1) ?? 0;
}

/** A configuration may refer to another; more levels than this are a circle. */
const deepest = 10;

type Least = (argument: unknown, scope: UserDataScope, depth: number) => number;

const functions: Readonly<Record<string, Least>> = {
  get_file: (name, { files }) => Buffer.byteLength(files[String(name)] ?? ''),
  get_resource: (name, scope, depth) => configuration(resourcesOf(scope.template)[String(name)], scope, depth),
  str_replace: replaced,
  str_replace_strict: replaced,
  str_replace_vstrict: replaced,
  list_join: joined,
};

/** The text without the words that are replaced, and what is known to come in their place. */
function replaced(argument: unknown, scope: UserDataScope, depth: number): number {
  const { template, params } = mapOr(argument);
  const text = textOf(template, scope);
  if (text === undefined) return 0;
  return Object.entries(mapOr(params)).reduce((size, [word, value]) => {
    const times = word === '' ? 0 : text.split(word).length - 1;
    return size + times * (leastBytes(value, scope, depth) - Buffer.byteLength(word));
  }, Buffer.byteLength(text));
}

function textOf(value: unknown, { files }: UserDataScope): string | undefined {
  if (typeof value === 'string') return value;
  const { get_file } = mapOr(value);
  return typeof get_file === 'string' ? files[get_file] : undefined;
}

function joined(argument: unknown, scope: UserDataScope, depth: number): number {
  const items: unknown = Array.isArray(argument) ? argument[1] : undefined;
  return Array.isArray(items) ? sum(items.map((item) => leastBytes(item, scope, depth))) : 0;
}

/** OS::Heat::SoftwareConfig has its text in `config`; OS::Heat::MultipartMime joins those of its parts. */
function configuration(definition: unknown, scope: UserDataScope, depth: number): number {
  const { config, parts } = mapOr(mapOr(definition).properties);
  const texts = Array.isArray(parts) ? parts.map((part) => mapOr(part).config) : [config];
  return sum(texts.map((text) => leastBytes(text, scope, depth)));
}

function resourcesOf(template: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return mapOr(template.resources);
}

function mapOr(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
