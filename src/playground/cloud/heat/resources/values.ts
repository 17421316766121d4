import { randomInt } from 'node:crypto';

import { randomText, uuid } from '../../support/ids.ts';
import { listOf, mapOf } from '../../support/values.ts';
import { property, type ResourceType } from './resource-type.ts';

const lowercase = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

const classes: Readonly<Record<string, string>> = {
  lettersdigits: `${lowercase}${lowercase.toUpperCase()}${digits}`,
  letters: `${lowercase}${lowercase.toUpperCase()}`,
  lowercase,
  uppercase: lowercase.toUpperCase(),
  digits,
  hexdigits: `${digits}ABCDEF`,
  octdigits: '01234567',
};

/** OS::Heat::RandomString */
export const randomString: ResourceType = {
  properties: {
    length: property('integer', { default: 32, range: { min: 1, max: 512 } }),
    character_classes: property('list', {
      item: property('map', {
        keys: {
          class: property('string', { default: 'lettersdigits', allowed: Object.keys(classes) }),
          min: property('integer', { default: 1 }),
        },
      }),
    }),
    character_sequences: property('list', {
      item: property('map', {
        keys: { sequence: property('string', { required: true }), min: property('integer', { default: 1 }) },
      }),
    }),
    salt: property('string'),
  },
  attributes: ['value'],
  create({ resource, properties }) {
    const alphabets = [
      ...listOf(properties.character_classes).map((one) =>
        alphabet(classes[String(mapOf(one).class)] ?? '', mapOf(one).min),
      ),
      ...listOf(properties.character_sequences).map((one) => alphabet(String(mapOf(one).sequence), mapOf(one).min)),
    ];
    const usual = [alphabet(classes.lettersdigits ?? '', 1)];
    resource.data.set('value', mixedText(Number(properties.length), alphabets.length === 0 ? usual : alphabets));
    resource.physicalId = resource.physicalName;
  },
  attribute: ({ resource }, name) => resource.data.get(name),
  // The one type whose reference is what it is for.
  reference: ({ resource }) => resource.data.get('value') ?? resource.physicalName,
};

/** OS::Heat::Value */
export const value: ResourceType = {
  properties: {
    value: property('any', { required: true, updatable: true }),
    type: property('string', {
      updatable: true,
      allowed: ['string', 'number', 'comma_delimited_list', 'json', 'boolean'],
    }),
  },
  attributes: ['value'],
  create({ resource }) {
    resource.physicalId = resource.physicalName;
  },
  update() {
    // The value is the property itself.
  },
  attribute: ({ resource }, name) => resource.properties[name],
};

/** OS::Heat::None: takes anything, is nothing. */
export const none: ResourceType = {
  properties: {},
  attributes: [],
  openAttributes: true,
  create({ resource }) {
    resource.physicalId = uuid();
  },
};

interface Alphabet {
  characters: string;
  least: number;
}

function alphabet(characters: string, least: unknown): Alphabet {
  return { characters, least: Number(least) };
}

/** At least so many characters of each alphabet, and of all of them for the rest, in any order. */
function mixedText(length: number, alphabets: readonly Alphabet[]): string {
  const needed = alphabets.map(({ characters, least }) => randomText(least, characters)).join('');
  const all = alphabets.map(({ characters }) => characters).join('');
  const text = [...needed, ...randomText(Math.max(0, length - needed.length), all)];
  for (let last = text.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [text[last], text[other]] = [text[other] ?? '', text[last] ?? ''];
  }
  return text.join('');
}
