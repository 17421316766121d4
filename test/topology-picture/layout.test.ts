import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/topology-picture/layout.ts';
import { textWidth } from '../../src/topology-picture/measure.ts';
import type { Box, Picture, Rectangle, Text } from '../../src/topology-picture/picture.ts';
import { anyTopology, chanceFrom, smallTopology, someServer } from '../support/topologies.ts';

/** Two hundred topologies on a slow machine. */
const patienceMs = 60_000;

const nodes = (count: number) => Array.from({ length: count }, (_, index) => someServer({ name: `node-${index}` }));

/** What a line of text covers: from the top of its capitals to the foot of its longest letters. */
function ground(text: Text): Rectangle {
  const { x, baseline, size } = text;
  return { x, y: baseline - size * 0.8, width: textWidth(text.text, text), height: size * 1.05 };
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  const across = one.x < other.x + other.width && other.x < one.x + one.width;
  return across && one.y < other.y + other.height && other.y < one.y + one.height;
}

function holds(outer: Rectangle, inner: Rectangle): boolean {
  const across = inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width;
  return across && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
}

/** Each two things that share a place, and each that is not where it belongs. */
function faults({ boxes, texts, width, height }: Picture): string[] {
  const apart: Rectangle[] = [...boxes, ...texts.map(ground)];
  return [...clashes(apart, 'the paper'), ...strays(apart, { x: 0, y: 0, width, height }), ...boxes.flatMap(faultsOf)];
}

function faultsOf(box: Box): string[] {
  const inside = [...box.texts.map(ground), ...box.pills];
  const labels = box.pills.flatMap((pill) => strays([ground(pill.label)], pill));
  return [...clashes(inside, 'a box'), ...strays(inside, box), ...labels];
}

function strays(things: readonly Rectangle[], home: Rectangle): string[] {
  return things
    .filter((thing) => !holds(home, thing))
    .map((thing) => `${JSON.stringify(thing)} is not in ${JSON.stringify(home)}`);
}

function clashes(things: readonly Rectangle[], where: string): string[] {
  return things.flatMap((one, index) =>
    things
      .slice(index + 1)
      .filter((other) => overlap(one, other))
      .map((other) => `on ${where}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`),
  );
}

const written = ({ boxes }: Picture) => boxes.map(({ texts }) => texts.map(({ text }) => text));

describe('layOut', () => {
  it(
    'puts nothing on anything else, whatever there is of each',
    () => {
      const chance = chanceFrom(20_260_715);

      for (let round = 0; round < 200; round += 1) {
        const topology = anyTopology(chance);
        expect({ topology, faults: faults(layOut(topology)) }).toEqual({ topology, faults: [] });
      }
    },
    patienceMs,
  );

  it('goes from the way out to the servers, and names each with its addresses', () => {
    const picture = layOut(smallTopology);

    expect(written(picture)).toEqual([
      ['external network', 'gateway'],
      ['router', 'staging', '203.0.113.7'],
      ['network', 'staging', '10.123.0.0/24'],
      ['control plane', 'staging-control-plane-0', '10.123.0.5', '203.0.113.10 floating', 'm1.small'],
      ['node', 'staging-node-0', '10.123.0.6', 'm1.small'],
    ]);
    expect(picture.texts.map(({ text }) => text)).toEqual([
      'staging',
      '1 control plane, 1 node · 2026-07-15 12:00 UTC',
    ]);
    expect(picture.boxes.flatMap(({ pills }) => pills.map(({ label }) => label.text))).toEqual([
      'ACTIVE',
      'ACTIVE',
      'ACTIVE',
    ]);
  });

  it('connects all of it, and only assumes the way where there is no router', () => {
    const { router: _, ...routerless } = smallTopology;

    const { lines } = layOut(smallTopology);
    const assumed = layOut(routerless);

    expect(lines).toHaveLength(5);
    expect(lines.some(({ dashed }) => dashed)).toBe(false);
    expect(assumed.lines.filter(({ dashed }) => dashed)).toHaveLength(1);
  });

  it('draws no line to a network that was not seen', () => {
    const { router: _, network: __, external: ___, ...servers } = smallTopology;

    expect(layOut(servers).lines).toEqual([]);
  });

  it('is as wide for a hundred nodes as for one, and no longer than three and a half times that', () => {
    const picture = layOut({ ...smallTopology, servers: nodes(100) });

    expect(picture.width).toBe(layOut(smallTopology).width);
    expect(picture.height).toBeLessThan(3.5 * picture.width);
  });

  it('counts the nodes that it leaves out, with their states', () => {
    const broken = someServer({ name: 'node-99', state: 'ERROR' });

    const picture = layOut({ ...smallTopology, servers: [...nodes(25), broken] });

    expect(written(picture).at(-1)).toEqual(['nodes', 'and 15 more', '14 ACTIVE', '1 ERROR']);
  });

  it('leaves out none where all fit', () => {
    expect(written(layOut({ ...smallTopology, servers: nodes(12) })).at(-1)).toContain('node-11');
  });

  it('has nothing smaller than what can be read at a third of the size', () => {
    const { boxes, texts } = layOut(anyTopology(chanceFrom(1)));

    const sizes = [...texts, ...boxes.flatMap((box) => [...box.texts, ...box.pills.map(({ label }) => label)])];
    expect(Math.min(...sizes.map(({ size }) => size))).toBeGreaterThanOrEqual(30);
  });

  it('says what could not be seen, and why', () => {
    const unseen = [{ what: 'volumes', why: 'Listing the volumes: forbidden' }];

    expect(layOut({ ...smallTopology, unseen }).texts.at(-1)?.text).toBe(
      'Not shown: volumes. Listing the volumes: forbidden',
    );
  });

  it('shows volumes with their servers, and those of no server below', () => {
    const volumes = [
      { name: '', size: 20, state: 'in-use' },
      { name: 'pvc-0b2b8f0a-7a6c-4f5b-9d2e-1f3a5b7c9d0e', size: 8, state: 'in-use' },
    ];
    const looseVolumes = [{ name: 'pvc-1', size: 1, state: 'available' }];

    const shown = written(layOut({ ...smallTopology, servers: [someServer({ volumes })], looseVolumes }));

    expect(shown.at(-2)?.slice(-2)).toEqual(['volume 20 GiB', expect.stringMatching(/^volume 8 GiB pvc-0b\w+…$/)]);
    expect(shown.at(-1)).toEqual(['storage', '1 volume on no server', 'available volume 1 GiB pvc-1']);
  });
});
