/** What a button of ours carries: ids only, since everybody in the channel can read it. */
export interface ButtonValue {
  /** Deployment that the button speaks of. */
  readonly deployment?: string;
  readonly cluster?: string;
  /** How often what is asked for had been changed when the button was shown; undefined for never. */
  readonly revision?: number;
  /** When the button was shown for a cluster that was not known then; milliseconds since the epoch. */
  readonly shownAt?: number;
}

const idShape = /^[a-z0-9-]{1,100}$/;

/** Packs a button's value; Slack allows 2,000 characters. */
export function buttonValue({ deployment, cluster, revision, shownAt }: ButtonValue): string {
  return JSON.stringify({
    ...(cluster && { c: cluster }),
    ...(deployment && { d: deployment }),
    ...(revision && { r: revision }),
    ...(shownAt && { t: shownAt }),
  });
}

/** Unpacks what came back. Whatever is not an id of ours is left out; the value has been in other hands. */
export function parseButtonValue(value: string | undefined): ButtonValue {
  const parsed = parseObject(value);
  const deployment = idOf(parsed.d);
  const cluster = idOf(parsed.c);
  const revision = numberOf(parsed.r);
  const shownAt = numberOf(parsed.t);
  return {
    ...(deployment && { deployment }),
    ...(cluster && { cluster }),
    ...(revision && { revision }),
    ...(shownAt && { shownAt }),
  };
}

function parseObject(value: string | undefined): { d?: unknown; c?: unknown; r?: unknown; t?: unknown } {
  try {
    const parsed: unknown = JSON.parse(value ?? '');
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && idShape.test(value) ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}
