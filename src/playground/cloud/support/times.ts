/** 2026-11-22T16:14:25Z, as most services write it. */
export function seconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** 2026-11-22T16:14:25.000000, as Nova writes some. */
export function microseconds(at: Date): string {
  return `${at.toISOString().slice(0, 23)}000`;
}

/** 1795363984.58304, as Swift writes it. */
export function epoch(at: Date): string {
  return (at.getTime() / 1000).toFixed(5);
}
