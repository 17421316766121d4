import { isIPv4, isIPv6 } from 'node:net';
import { defaultType } from '../../cinder/volumes.ts';
import { findImage } from '../../glance/images.ts';
import type { Caller } from '../../keystone/state.ts';
import { rangeOf } from '../../neutron/addresses.ts';
import { type Collection, collections } from '../../neutron/collections.ts';
import { findFlavor } from '../../nova/flavors.ts';
import { findKeypair } from '../../nova/keypairs.ts';
import { isMap, listOf, mapOf, numberOf } from '../../support/values.ts';
import type { World } from '../../world.ts';
import type { Constraint } from './template.ts';

/** Says what is wrong with a value, in Heat's words; undefined if nothing is. */
export function constraintProblem(
  world: World,
  caller: Caller,
  constraint: Constraint,
  value: unknown,
): string | undefined {
  const problem = checks[constraint.kind](constraint.argument, value, world, caller);
  return problem === undefined ? undefined : (constraint.description ?? problem);
}

/** Says why a value does not name what a custom constraint wants. */
export function customProblem(world: World, caller: Caller, name: string, value: unknown): string | undefined {
  const check = customConstraints[name] ?? neutronConstraint(name);
  if (check === undefined) return `"${value}" does not validate ${name} (constraint not found)`;
  const problem = check(world, caller, String(value));
  return problem === undefined ? undefined : `Error validating value '${value}': ${problem}`;
}

type Check = (argument: unknown, value: unknown, world: World, caller: Caller) => string | undefined;

const checks: Readonly<Record<Constraint['kind'], Check>> = {
  length: (argument, value) => outOfRange(argument, lengthOf(value), `length (${lengthOf(value)})`),
  range: (argument, value) => outOfRange(argument, numberOf(value) ?? Number.NaN, String(value)),
  modulo: (argument, value) => {
    const { step, offset } = mapOf(argument);
    const fits = (Number(value) - Number(offset ?? 0)) % Number(step ?? 1) === 0;
    return fits ? undefined : `${value} is not a multiple of ${step} with an offset of ${offset ?? 0})`;
  },
  allowed_values: (argument, value) => {
    const allowed = listOf(argument);
    const values = Array.isArray(value) ? value : [value];
    if (values.every((one) => allowed.some((other) => String(other) === String(one)))) return undefined;
    return `${quoted(value)} is not an allowed value [${allowed.map(quoted).join(', ')}]`;
  },
  allowed_pattern: (argument, value) =>
    new RegExp(`^(?:${argument})$`).test(String(value))
      ? undefined
      : `${quoted(value)} does not match pattern "${argument}"`,
  custom_constraint: (argument, value, world, caller) => customProblem(world, caller, String(argument), value),
};

function outOfRange(argument: unknown, number: number, what: string): string | undefined {
  const min = numberOf(mapOf(argument).min);
  const max = numberOf(mapOf(argument).max);
  if (number >= (min ?? Number.NEGATIVE_INFINITY) && number <= (max ?? Number.POSITIVE_INFINITY)) return undefined;
  return `${what} is out of range (min: ${min ?? 'None'}, max: ${max ?? 'None'})`;
}

function lengthOf(value: unknown): number {
  if (isMap(value)) return Object.keys(value).length;
  return Array.isArray(value) ? value.length : String(value).length;
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

type CustomCheck = (world: World, caller: Caller, value: string) => string | undefined;

const customConstraints: Readonly<Record<string, CustomCheck>> = {
  'nova.flavor': (world, _, value) =>
    findFlavor(world.nova, value) === undefined ? `No Flavor matching {'name': '${value}'}. (HTTP 404)` : undefined,
  'nova.keypair': (world, caller, value) =>
    findKeypair(world.nova, caller.userId, value) === undefined ? `The Key (${value}) could not be found.` : undefined,
  'nova.server': (world, _, value) =>
    world.nova.servers.has(value) ? undefined : `The Server (${value}) could not be found.`,
  'glance.image': (world, caller, value) =>
    findImage(world.glance, caller, value) === undefined ? `No images matching {'name': '${value}'}.` : undefined,
  'cinder.vtype': (_, __, value) =>
    value === defaultType ? undefined : `The VolumeType (${value}) could not be found.`,
  'octavia.loadbalancer': ({ octavia }, _, value) =>
    named(octavia.balancers.values(), value) ? undefined : `Unable to find loadbalancer with name or id '${value}'`,
  'octavia.listener': ({ octavia }, _, value) =>
    named(octavia.parts.values(), value) ? undefined : `Unable to find listener with name or id '${value}'`,
  'octavia.pool': ({ octavia }, _, value) =>
    named(octavia.parts.values(), value) ? undefined : `Unable to find pool with name or id '${value}'`,
  net_cidr: (_, __, value) =>
    rangeOf(value) === undefined && !isIPv6(value.split('/')[0] ?? '')
      ? `Invalid net cidr invalid IPNetwork ${value} `
      : undefined,
  ip_addr: (_, __, value) => (isIPv4(value) || isIPv6(value) ? undefined : 'Invalid IP address'),
  ip_or_cidr: (_, __, value) =>
    isIPv4(value) || rangeOf(value) !== undefined ? undefined : `'${value}' is not a valid IP address`,
  mac_addr: (_, __, value) => (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value) ? undefined : 'Invalid MAC address.'),
};

function named(things: Iterable<{ id: string; name: string }>, nameOrId: string): boolean {
  return [...things].some(({ id, name }) => id === nameOrId || name === nameOrId);
}

/** neutron.network, neutron.subnet … : something of that name or id must be there. */
function neutronConstraint(name: string): CustomCheck | undefined {
  const thing = /^neutron\.(\w+)$/.exec(name)?.[1];
  const collection = collections.find((one) => one.thing === thing);
  if (collection === undefined) return undefined;
  return (world, caller, value) =>
    findId(world, caller, collection, value) === undefined
      ? `Unable to find ${thing} with name or id '${value}'`
      : undefined;
}

function findId(world: World, caller: Caller, collection: Collection, nameOrId: string): unknown {
  return collection.list(world.neutron, caller).find(({ id, name }) => id === nameOrId || name === nameOrId)?.id;
}
