import { describe, expect, it } from 'vitest';
import { chooseImage } from '../../../jobs/image/choose-image.ts';
import type { Image } from '../../../src/openstack/glance/image.ts';

const sha512 = 'a'.repeat(128);
const wanted = { name: 'debian-12', format: 'qcow2' } as const;

function imageOf(given: Partial<Image>): Image {
  return {
    id: 'one',
    name: 'debian-12',
    status: 'active',
    visibility: 'public',
    owner: 'project',
    tags: [],
    createdAt: new Date(0),
    minDisk: 0,
    minRam: 0,
    properties: {},
    import: { pending: [], failed: [] },
    ...given,
  };
}

describe('of several images with one name', () => {
  it('the newest active one is taken, and that is said', () => {
    const images = [imageOf({ id: 'queued', status: 'queued' }), imageOf({ id: 'new' }), imageOf({ id: 'old' })];

    const choice = chooseImage(images, wanted);

    expect(choice.image?.id).toBe('new');
    expect(choice.note).toBe('2 images are named debian-12: the newest, new, is taken');
  });

  it('one alone needs no words', () => {
    expect(chooseImage([imageOf({})], wanted)).toEqual({ image: imageOf({}) });
  });

  it('none that is deactivated, hidden behind another name or never checked is taken', () => {
    const images = [
      imageOf({ status: 'deactivated' }),
      imageOf({ name: 'Debian-12' }),
      imageOf({ tags: ['slipway-staging-1'] }),
    ];

    expect(chooseImage(images, wanted)).toEqual({});
  });

  it('one of ours that was checked is taken', () => {
    const checked = imageOf({ tags: ['slipway-staging-1'], properties: { slipway_sha512: sha512 } });

    expect(chooseImage([checked], wanted).image).toBe(checked);
  });

  it.each([
    ['what the cloud has seen', { hash: { algorithm: 'sha512', value: sha512 } }],
    [
      'what was noted, where the cloud uses another digest',
      {
        hash: { algorithm: 'sha256', value: 'b'.repeat(64) },
        properties: { slipway_sha512: sha512 },
      },
    ],
  ])('only that of the content that was asked for is taken, by %s', (_by, given) => {
    const images = [
      imageOf({ hash: { algorithm: 'sha512', value: 'c'.repeat(128) } }),
      imageOf({ id: 'right', ...given }),
    ];

    expect(chooseImage(images, { ...wanted, sha512 }).image?.id).toBe('right');
  });

  it('the cloud’s own digest counts for more than a note', () => {
    const lying = imageOf({
      hash: { algorithm: 'sha512', value: 'c'.repeat(128) },
      properties: { slipway_sha512: sha512 },
    });

    expect(chooseImage([lying], { ...wanted, sha512 })).toEqual({});
  });

  it('none is taken on trust when nobody has its digest, and that is said', () => {
    const unknown = imageOf({ hash: { algorithm: 'sha256', value: 'b'.repeat(64) } });

    expect(chooseImage([unknown], { ...wanted, sha512 })).toEqual({
      note: 'the cloud keeps sha256 digests, so that nobody can tell whether its debian-12 is the right one',
    });
  });
});
