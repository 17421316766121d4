import { isMap } from './heat-yaml.ts';
import { pythonJson } from './python-json.ts';

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
    if (type !== 'OS::Nova::Server' || user_data === undefined) continue;
    found.set(name, Buffer.byteLength(textOf(user_data, { ...scope, depth: 0 })));
  }
  return found;
}

/** Where in a template a value is. */
interface Place extends UserDataScope {
  depth: number;
}

/** A configuration may refer to another; more levels than this are a circle. */
const deepest = 20;

/** What is known of the text that Heat makes of a value: where it wants a text, it writes maps and lists as JSON. */
function textOf(value: unknown, place: Place): string {
  const known = knownOf(value, place);
  if (known === undefined) return '';
  return typeof known === 'string' ? known : pythonJson(known);
}

/** A value with the functions in it carried out as far as they can be; undefined for what only Heat knows. */
function knownOf(value: unknown, { depth, ...scope }: Place): unknown {
  if (depth > deepest) return undefined;
  const place = { ...scope, depth: depth + 1 };
  if (Array.isArray(value)) return value.map((item) => knownOf(item, place));
  if (!isMap(value)) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && isFunction(name)) return functions[name]?.(argument, place);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, knownOf(item, place)]));
}

/** HOT's functions up to heat_template_version 2021-04-16; templates in the older notation have some with a colon. */
function isFunction(name: string): boolean {
  return name.startsWith('Fn::') || unknowable.has(name) || Object.hasOwn(functions, name);
}

const unknowable = new Set(
  'get_param get_attr resource_facade Ref str_split repeat digest map_merge map_replace yaql if filter contains list_concat list_concat_unique make_url equals not and or'.split(
    ' ',
  ),
);

const functions: Readonly<Record<string, (argument: unknown, place: Place) => string | undefined>> = {
  get_file: (name, { files }) => files[String(name)],
  get_resource: (name, place) => configuration(resourcesOf(place.template)[String(name)], place),
  str_replace: replaced,
  str_replace_strict: replaced,
  str_replace_vstrict: replaced,
  list_join: joined,
};

/** The text with what is known to come in the place of its words. Like Heat, looks for the longest of them first. */
function replaced(argument: unknown, place: Place): string {
  const { template, params } = mapOr(argument);
  const text = textOf(template, place);
  const texts = new Map(Object.entries(mapOr(params)).map(([word, value]) => [word, textOf(value, place)]));
  const words = [...texts.keys()].filter((word) => word !== '').sort((a, b) => b.length - a.length);
  if (words.length === 0) return text;
  return text.replace(new RegExp(words.map(literally).join('|'), 'g'), (word) => texts.get(word) ?? '');
}

function literally(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Newer versions of HOT join several lists as if they were one. */
function joined(argument: unknown, place: Place): string {
  const [delimiter, ...lists]: unknown[] = Array.isArray(argument) ? argument : [];
  const items = lists.filter((list) => Array.isArray(list)).flat();
  return items.map((item) => textOf(item, place)).join(textOf(delimiter, place));
}

/** OS::Heat::SoftwareConfig has its text in `config`; OS::Heat::MultipartMime joins those of its parts. */
function configuration(definition: unknown, place: Place): string {
  const { config, parts } = mapOr(mapOr(definition).properties);
  const texts = Array.isArray(parts) ? parts.map((part) => mapOr(part).config) : [config];
  return texts.map((text) => textOf(text, place)).join('');
}

function resourcesOf(template: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return mapOr(template.resources);
}

function mapOr(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}
