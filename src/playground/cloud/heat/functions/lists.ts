import { isMap, listOf, mapOf, sameJson } from '../../support/values.ts';
import { type HeatFunction, wrongArgument } from './heat-function.ts';
import { isUnresolved, unresolved } from './scope.ts';

/** repeat, list_concat, filter, contains. */
export const listFunctions: Readonly<Record<string, HeatFunction>> = {
  repeat: {
    raw: (argument, _, resolve) => {
      const given = mapOf(argument);
      const lists = resolve(given.for_each);
      if (isUnresolved(lists)) return unresolved;
      return repeated(given.template, mapOf(lists), given.permutations !== false).map(resolve);
    },
  },
  list_concat: { apply: (argument) => listOf(argument).flatMap((list) => checkedList(list, 'list_concat')) },
  list_concat_unique: {
    apply: (argument) => {
      const all = listOf(argument).flatMap((list) => checkedList(list, 'list_concat_unique'));
      return all.filter((item, index) => all.findIndex((other) => sameJson(other, item)) === index);
    },
  },
  filter: {
    apply: (argument) => {
      const [unwanted, list] = listOf(argument).map(listOf);
      return (list ?? []).filter((item) => !(unwanted ?? []).some((one) => sameJson(one, item)));
    },
  },
  contains: {
    apply: (argument) => {
      const [item, sequence] = listOf(argument);
      return typeof sequence === 'string'
        ? sequence.includes(String(item))
        : listOf(sequence).some((one) => sameJson(one, item));
    },
  },
};

/** The template once for each combination of the lists' items, or side by side without permutations. */
function repeated(template: unknown, lists: Record<string, unknown>, permutations: boolean): unknown[] {
  const columns = Object.entries(lists).map(([name, list]) => ({ name, items: itemsOf(list) }));
  return (permutations ? combinations(columns) : rows(columns)).map((values) => substitute(template, values));
}

interface Column {
  name: string;
  items: unknown[];
}

function itemsOf(list: unknown): unknown[] {
  if (Array.isArray(list)) return list;
  if (isMap(list)) return Object.entries(list);
  throw wrongArgument('The values of the "for_each" argument to "repeat" must be lists or maps');
}

function combinations(columns: readonly Column[]): Map<string, unknown>[] {
  return columns.reduce<Map<string, unknown>[]>(
    (all, { name, items }) => all.flatMap((values) => items.map((item) => new Map(values).set(name, item))),
    [new Map()],
  );
}

function rows(columns: readonly Column[]): Map<string, unknown>[] {
  const length = Math.min(...columns.map(({ items }) => items.length));
  return Array.from({ length }, (_, row) => new Map(columns.map(({ name, items }) => [name, items[row]])));
}

/** Puts values in place of their names: whole where the text is only the name, as text where it is in the middle. */
function substitute(template: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(template)) return template.map((item) => substitute(item, values));
  if (isMap(template)) {
    return Object.fromEntries(
      Object.entries(template).map(([key, item]) => [String(substitute(key, values)), substitute(item, values)]),
    );
  }
  if (typeof template !== 'string') return template;
  if (values.has(template)) return values.get(template);
  return [...values].reduce((text, [name, value]) => text.replaceAll(name, String(value)), template);
}

function checkedList(list: unknown, name: string): unknown[] {
  if (list === null) return [];
  if (Array.isArray(list)) return list;
  throw wrongArgument(`Incorrect arguments to "${name}" : the items to join must be lists`);
}
