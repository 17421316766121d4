const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as 90s, 45m, 8h, 2d or 1h30m; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (total, [, count, unit]) => total + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
}

/** A duration as people type it: 90s, 45m, 8h, 2d, 1h30m. To the second. */
export function durationText(ms: number): string {
  const units = Object.entries(unitMs).reverse();
  let left = Math.max(1_000, Math.round(ms / 1_000) * 1_000);
  return units
    .flatMap(([unit, length]) => {
      const count = Math.floor(left / length);
      left -= count * length;
      return count === 0 ? [] : [`${count}${unit}`];
    })
    .join('');
}
