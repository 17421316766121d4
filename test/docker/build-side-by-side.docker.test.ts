import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imagesOnly, nothing, Workshop } from './support/workshop.ts';

let workshop: Workshop;

beforeEach(async () => {
  workshop = await Workshop.open('new');
});

afterEach(() => workshop.close());

describe('two builds at once on one engine', () => {
  it('of the same commit are one', async () => {
    const [first, second] = await Promise.all([workshop.build(imagesOnly), workshop.build(imagesOnly)]);

    expect(second.file).toEqual(first.file);
    expect(await workshop.makes()).toEqual(['begun', 'ended']);
  });

  it('of different commits take turns', async () => {
    const later = await workshop.repository.commit({ CHANGES: 'one more\n' });

    const [first, second] = await Promise.all([
      workshop.build(imagesOnly),
      workshop.build({ ...imagesOnly, ref: later }),
    ]);

    expect(first.version).toBe('v1.35.0');
    expect(second.version).toMatch(/^v1\.35\.0-1-g/);
    expect(await workshop.makes()).toEqual(['begun', 'ended', 'begun', 'ended']);
    expect(await workshop.leftovers()).toEqual(nothing);
  });
});
