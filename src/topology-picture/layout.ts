import type { Topology } from '../clusters/topology.ts';
import { type Card, placeCard, stack } from './card.ts';
import {
  externalCard,
  loadBalancerCard,
  looseVolumesCard,
  moreLoadBalancersCard,
  moreNodesCard,
  networkCard,
  routerCard,
  serverCard,
} from './cards.ts';
import { wrapText } from './fit-text.ts';
import { palette } from './palette.ts';
import { type Box, type Line, leading, type Picture, type Style, type Text } from './picture.ts';

const width = 1200;
const margin = 40;
const inner = width - 2 * margin;
/** Between two rows of cards, and between two things that a line connects. */
const gap = 32;
const link = 48;
/** Between the two columns: the line that all servers hang on runs there. */
const alley = 80;
const column = (inner - alley) / 2;
const middle = width / 2;

const titleStyle: Style = { size: 60, weight: 'bold' };
const smallStyle: Style = { size: 34, weight: 'regular' };
const titleLines = 2;
const noteLines = 3;

/** As many cards as a phone shows without endless scrolling; what is beyond is counted. */
const most = { loadBalancers: 4, servers: 12 } as const;

/** What has been placed so far, from the top down. */
interface Placed {
  readonly lines: Line[];
  readonly boxes: Box[];
  readonly texts: Text[];
  bottom: number;
}

/**
 * Places a topology as Horizon draws it, upright: the external network, the router, the network, and below it, left and
 * right of the line that it becomes, load balancers and servers. Nothing lies on anything else, whatever there is of each.
 */
export function layOut(topology: Topology): Picture {
  const placed: Placed = { lines: [], boxes: [], texts: [], bottom: margin };
  write(placed, topology.cluster, titleStyle, titleLines, palette.ink);
  write(placed, summaryText(topology), smallStyle, noteLines, palette.faint);
  placed.bottom += gap;
  placeNetworks(placed, topology);
  placeGrid(placed, gridCards(topology), topology.network !== undefined);
  if (topology.looseVolumes.length > 0) placeBar(placed, looseVolumesCard(topology.looseVolumes));
  for (const { what, why } of topology.unseen) {
    write(placed, `Not shown: ${what}. ${why}`, smallStyle, noteLines, palette.broken);
  }
  const { lines, boxes, texts, bottom } = placed;
  return { width, height: Math.ceil(bottom + margin - gap), lines, boxes, texts };
}

/** "1 control plane, 2 nodes · 2026-11-30 09:40 UTC" */
function summaryText({ servers, seenAt }: Topology): string {
  const planes = servers.filter(({ role }) => role === 'control-plane').length;
  const nodes = servers.length - planes;
  const counts = [`${planes} control plane${planes === 1 ? '' : 's'}`, `${nodes} node${nodes === 1 ? '' : 's'}`];
  return `${counts.join(', ')} · ${new Date(seenAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function write(placed: Placed, text: string, style: Style, lines: number, color: string): void {
  const written = wrapText(text, inner, style, lines).map((line) => ({ ...style, text: line, color }));
  const { texts, bottom } = stack(written, margin, placed.bottom);
  placed.texts.push(...texts);
  placed.bottom = Math.ceil(bottom + style.size * (leading - 1));
}

function placeNetworks(placed: Placed, { external, router, network }: Topology): void {
  const path: [Card, number][] = [];
  if (external) path.push([externalCard(external), inner]);
  if (router) path.push([routerCard(router), column + alley]);
  if (network) path.push([networkCard(network), inner]);
  // Without a router that is seen, how they are connected is not known.
  const dashed = router === undefined;
  path.forEach(([card, wide], index) => {
    const box = placeCard(card, { x: middle - wide / 2, y: placed.bottom, width: wide });
    placed.boxes.push(box);
    placed.bottom = box.y + box.height;
    if (index < path.length - 1) {
      const color = card.fill === palette.outside ? palette.outside : palette.inside;
      placed.lines.push({ ...upright(placed.bottom, placed.bottom + link, color), ...(dashed && { dashed }) });
      placed.bottom += link;
    }
  });
  if (path.length > 0) placed.bottom += gap;
}

function upright(from: number, to: number, color: string): Line {
  return { from: { x: middle, y: from }, to: { x: middle, y: to }, color };
}

function gridCards({ loadBalancers, servers }: Topology): Card[] {
  const balancers = cutTo(loadBalancers, most.loadBalancers);
  const shown = cutTo(servers, most.servers);
  return [
    ...balancers.shown.map(loadBalancerCard),
    ...(balancers.hidden.length > 0 ? [moreLoadBalancersCard(balancers.hidden.length)] : []),
    ...shown.shown.map(serverCard),
    ...(shown.hidden.length > 0 ? [moreNodesCard(shown.hidden)] : []),
  ];
}

/** All, or one fewer than `limit`, so that what is said of the rest has its place. */
function cutTo<Thing>(things: readonly Thing[], limit: number): { shown: readonly Thing[]; hidden: readonly Thing[] } {
  const kept = things.length > limit ? limit - 1 : things.length;
  return { shown: things.slice(0, kept), hidden: things.slice(kept) };
}

/** Two cards a row, both as high as the higher one, each with a line to the network where there is one. */
function placeGrid(placed: Placed, cards: readonly Card[], connected: boolean): void {
  const top = placed.bottom - gap;
  let lastLink = top;
  for (let index = 0; index < cards.length; index += 2) {
    const row = cards
      .slice(index, index + 2)
      .map((card, side) => placeCard(card, { ...sideOf(side), y: placed.bottom }));
    const height = Math.max(...row.map((box) => box.height));
    placed.boxes.push(...row.map((box) => ({ ...box, height })));
    lastLink = placed.bottom + height / 2;
    if (connected) placed.lines.push(...row.map((box) => stub(box.x, lastLink)));
    placed.bottom += height + gap;
  }
  if (connected && cards.length > 0) placed.lines.push(upright(top, lastLink, palette.inside));
}

function sideOf(side: number): { x: number; width: number } {
  return { x: side === 0 ? margin : middle + alley / 2, width: column };
}

function stub(x: number, y: number): Line {
  const edge = x < middle ? margin + column : x;
  return { from: { x: edge, y }, to: { x: middle, y }, color: palette.inside };
}

function placeBar(placed: Placed, card: Card): void {
  const box = placeCard(card, { x: margin, y: placed.bottom, width: inner });
  placed.boxes.push(box);
  placed.bottom += box.height + gap;
}
