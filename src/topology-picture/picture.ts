/** A picture as shapes with their places, in pixels from the upper left corner. What is later in a list lies above. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly boxes: readonly Box[];
  /** Outside of all boxes. */
  readonly texts: readonly Text[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A connection, upright or level. */
export interface Line {
  readonly from: Point;
  readonly to: Point;
  readonly color: string;
  /** For one that is only assumed. */
  readonly dashed?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A thing of the cluster, with what is written on it. */
export interface Box extends Rectangle {
  readonly fill: string;
  readonly stroke: string;
  readonly dashed?: boolean;
  readonly texts: readonly Text[];
  readonly pills: readonly Pill[];
}

/** One line of text. */
export interface Text extends Style {
  /** Where it begins. */
  readonly x: number;
  /** Of the line that it stands on. */
  readonly baseline: number;
  readonly text: string;
  readonly color: string;
}

/** A word on a ground of its own. */
export interface Pill extends Rectangle {
  readonly fill: string;
  readonly label: Text;
}

/** How a text is set. */
export interface Style {
  /** Of the font, in pixels. */
  readonly size: number;
  readonly weight: Weight;
}

export type Weight = 'regular' | 'bold';

/** From one line of text to the next, as a multiple of the font's size. */
export const leading = 1.3;
