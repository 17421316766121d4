/** One thing wrong with a payload, and where: a JSON pointer from the root of what was sent. */
export interface Problem {
  readonly message: string;
  readonly pointer: string;
}

/** Looks at one value and says what is wrong with it: nothing, when it is as Slack wants it. */
export type Check = (value: unknown, pointer: string) => readonly Problem[];

/** An object of unknown fields, as JSON gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A further rule over a whole object, for what no single field can tell. */
export type Rule = (value: JsonObject, pointer: string) => readonly Problem[];

interface Field {
  readonly check: Check;
  readonly required: boolean;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function problem(message: string, pointer: string): readonly Problem[] {
  return [{ message, pointer }];
}

export function required(check: Check): Field {
  return { check, required: true };
}

export function optional(check: Check): Field {
  return { check, required: false };
}

/** Text of so many characters; Slack counts the least as 1 where it says nothing. */
export function string({ min = 1, max }: { min?: number; max: number }): Check {
  return (value, pointer) => {
    if (typeof value !== 'string') return problem('must be a string', pointer);
    if (value.length > max) return problem(`must be less than ${max + 1} characters`, pointer);
    if (value.length < min) return problem(`must be more than ${min - 1} characters`, pointer);
    return [];
  };
}

export const boolean: Check = (value, pointer) =>
  typeof value === 'boolean' ? [] : problem('must be a boolean', pointer);

/** A whole number between two others. */
export function integer({ min, max }: { min: number; max: number }): Check {
  return (value, pointer) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return problem('must be an integer', pointer);
    if (value < min) return problem(`must be greater than ${min - 1}`, pointer);
    return value > max ? problem(`must be less than ${max + 1}`, pointer) : [];
  };
}

export function oneOf(...allowed: readonly string[]): Check {
  return (value, pointer) =>
    typeof value === 'string' && allowed.includes(value) ? [] : problem('must be a valid enum value', pointer);
}

/** An absolute http or https address. */
export function webUrl(max: number): Check {
  const text = string({ max });
  return (value, pointer) => {
    const problems = text(value, pointer);
    if (problems.length > 0) return problems;
    return /^https?:\/\/\S+$/.test(String(value)) ? [] : problem('invalid url', pointer);
  };
}

/** A list of so many items, each of which is looked at on its own. */
export function list(item: Check, { min = 1, max }: { min?: number; max: number }): Check {
  return (value, pointer) => {
    if (!Array.isArray(value)) return problem('must be an array', pointer);
    if (value.length > max) return problem(`no more than ${max} items allowed`, pointer);
    if (value.length < min) return problem(`no less than ${min} items allowed`, pointer);
    return value.flatMap((entry, index) => item(entry, `${pointer}/${index}`));
  };
}

/** An object with these fields and no others. Rules are asked only once every field is sound by itself. */
export function object(fields: Readonly<Record<string, Field>>, ...rules: readonly Rule[]): Check {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must be an object', pointer);
    const problems = [
      ...missing(fields, value, pointer),
      ...additional(fields, value, pointer),
      ...present(fields, value, pointer),
    ];
    return problems.length > 0 ? problems : rules.flatMap((rule) => rule(value, pointer));
  };
}

function missing(fields: Readonly<Record<string, Field>>, value: JsonObject, pointer: string): Problem[] {
  return Object.entries(fields)
    .filter(([name, field]) => field.required && value[name] === undefined)
    .map(([name]) => ({ message: `missing required field: ${name}`, pointer }));
}

function additional(fields: Readonly<Record<string, Field>>, value: JsonObject, pointer: string): Problem[] {
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => ({ message: `invalid additional property: ${name}`, pointer }));
}

function present(fields: Readonly<Record<string, Field>>, value: JsonObject, pointer: string): Problem[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    value[name] === undefined ? [] : [...field.check(value[name], `${pointer}/${name}`)],
  );
}

/** An object whose `type` says which of the checks it has to pass. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must be an object', pointer);
    if (value.type === undefined) return problem('missing required field: type', pointer);
    const check = typeof value.type === 'string' && Object.hasOwn(checks, value.type) ? checks[value.type] : undefined;
    return check === undefined
      ? problem(`unsupported type: ${String(value.type)}`, `${pointer}/type`)
      : check(value, pointer);
  };
}
