import type { Topology } from '../clusters/topology.ts';
import { layOut } from './layout.ts';
import { pngOf } from './png.ts';
import { svgText } from './svg.ts';

/** A topology as a PNG, 1200 pixels wide and upright, for the screen of a phone. */
export function topologyPicture(topology: Topology): Promise<Uint8Array> {
  return pngOf(svgText(layOut(topology)));
}
