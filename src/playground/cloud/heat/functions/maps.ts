import { isMap, listOf, mapOf } from '../../support/values.ts';
import { type HeatFunction, wrongArgument } from './heat-function.ts';

/** map_merge and map_replace. */
export const mapFunctions: Readonly<Record<string, HeatFunction>> = {
  map_merge: {
    apply: (argument) => {
      const maps = listOf(argument).filter((one) => one !== null);
      if (!maps.every(isMap)) throw wrongArgument('Incorrect arguments: Items to merge must be maps.');
      return Object.assign({}, ...maps);
    },
  },
  map_replace: {
    apply: (argument) => {
      const [map, changes] = listOf(argument);
      const keys = mapOf(mapOf(changes).keys);
      const values = mapOf(mapOf(changes).values);
      return Object.fromEntries(
        Object.entries(mapOf(map)).map(([key, value]) => [
          String(keys[key] ?? key),
          typeof value === 'object' ? value : (values[String(value)] ?? value),
        ]),
      );
    },
  },
};
