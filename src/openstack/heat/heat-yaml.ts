import { boolYaml11Tag, defineScalarTag, load, NOT_RESOLVED, Schema, timestampTag, YAML11_SCHEMA } from 'js-yaml';

/** The words for true and false that Heat's parser knows: YAML 1.1 without `y` and `n`, which are fine names. */
const heatBoolean = defineScalarTag(boolYaml11Tag.tagName, {
  implicit: true,
  resolve(source) {
    if (/^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(source)) return true;
    return /^(no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(source) ? false : NOT_RESOLVED;
  },
  identify: (value) => typeof value === 'boolean',
});

/** YAML 1.1 as Heat reads it, where a date such as the template's version stays a text. */
const schema = new Schema([
  ...YAML11_SCHEMA.tags.filter((tag) => tag !== timestampTag && tag !== boolYaml11Tag),
  heatBoolean,
]);

/** A template's text as Heat reads it; JSON is YAML too. Throws what js-yaml throws. */
export function parseHeatYaml(text: string): unknown {
  return load(text, { schema });
}

/** True for a map, such as a template has to be. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a `type:` that is the name of another template, and not of a kind of resource. */
export function isNestedTemplate(type: string): boolean {
  return /\.(yaml|yml|template)$/.test(type) && !type.includes('::');
}
