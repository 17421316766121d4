import { createHash } from 'node:crypto';
import { isMap, listOf, mapOf, pythonJson } from '../../support/values.ts';
import { type HeatFunction, wrongArgument } from './heat-function.ts';

/** str_replace and its strict sisters, str_split, list_join, digest, make_url. */
export const textFunctions: Readonly<Record<string, HeatFunction>> = {
  str_replace: { apply: (argument, name) => replaced(argument, name, 'lenient') },
  str_replace_strict: { apply: (argument, name) => replaced(argument, name, 'strict') },
  str_replace_vstrict: { apply: (argument, name) => replaced(argument, name, 'very strict') },
  str_split: { apply: split },
  list_join: { apply: joined },
  digest: {
    apply: (argument) => {
      const [algorithm, text] = listOf(argument).map(String);
      if (algorithm === undefined || text === undefined)
        throw wrongArgument('Argument to function "digest" must be a list of an algorithm and a value');
      return createHash(algorithm).update(text).digest('hex');
    },
  },
  make_url: { apply: url },
};

type Strictness = 'lenient' | 'strict' | 'very strict';

function replaced(argument: unknown, name: string, strictness: Strictness): string {
  const { template, params } = mapOf(argument);
  if (typeof template !== 'string') throw wrongArgument(`"${name}" template must be a string`);
  if (!isMap(params)) throw wrongArgument(`"${name}" params must be a map`);
  const values = new Map(Object.entries(params).map(([key, value]) => [key, inserted(value, name, key, strictness)]));
  values.delete('');
  // All at once, so that nothing which was put in is taken for a placeholder; the longest first.
  const keys = [...values.keys()].sort((one, other) => other.length - one.length);
  const unused = new Set(keys);
  const pattern = new RegExp(keys.map(escaped).join('|'), 'g');
  const result =
    keys.length === 0
      ? template
      : template.replace(pattern, (key) => {
          unused.delete(key);
          return values.get(key) ?? '';
        });
  if (strictness !== 'lenient' && unused.size > 0) {
    throw wrongArgument(`The following params were not found in the template: ${[...unused].join(',')}`);
  }
  return result;
}

function inserted(value: unknown, name: string, key: string, strictness: Strictness): string {
  const isEmpty = value === null || value === undefined || value === '';
  if (isEmpty && strictness === 'very strict') {
    throw wrongArgument(`${name} has an undefined or empty value for param ${key}, must be a defined non-empty value`);
  }
  return asText(value);
}

/** Heat joins no numbers: whoever wants one in the middle has to make it a text. */
function joinable(item: unknown): string {
  if (typeof item === 'number' || typeof item === 'boolean') {
    throw wrongArgument(`Items to join must be string, map or list not ${asText(item)}`);
  }
  return asText(item);
}

/** A value in a text as Python would write it: maps and lists as JSON, True and False with a capital. */
function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? pythonJson(value, true) : String(value);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function split(argument: unknown): unknown {
  const [delimiter, text, index] = listOf(argument);
  if (delimiter === undefined || text === undefined) {
    throw wrongArgument('Incorrect arguments to "str_split" should be of the form [delimiter, string, (index)]');
  }
  const parts = String(text ?? '').split(String(delimiter));
  return index === undefined ? parts : (parts[Number(index)] ?? '');
}

function joined(argument: unknown): string {
  const [delimiter, ...lists] = listOf(argument);
  if (typeof delimiter !== 'string' || lists.length === 0) {
    throw wrongArgument('Incorrect arguments to "list_join" should be: list_join: [delimiter, list, …]');
  }
  return lists
    .flatMap((list) => (list === null ? [] : Array.isArray(list) ? list : [list]))
    .map(joinable)
    .join(delimiter);
}

function url(argument: unknown): string {
  const parts = mapOf(argument);
  const { scheme, host, port, path = '' } = parts;
  const start = scheme === undefined ? '' : `${scheme}:`;
  const name = String(host ?? '').includes(':') ? `[${host}]` : String(host ?? '');
  const authority = `${userOf(parts)}${name}${port === undefined || port === '' ? '' : `:${port}`}`;
  const rest = `${path}${searchOf(parts)}`;
  return `${start}//${authority}${rest === '' || rest.startsWith('/') ? rest : `/${rest}`}`;
}

function userOf({ username, password }: Record<string, unknown>): string {
  if (username === undefined) return '';
  return password === undefined ? `${username}@` : `${username}:${password}@`;
}

function searchOf({ query, fragment }: Record<string, unknown>): string {
  const search = new URLSearchParams(mapOf(query) as Record<string, string>).toString();
  return `${search === '' ? '' : `?${search}`}${fragment === undefined ? '' : `#${fragment}`}`;
}
