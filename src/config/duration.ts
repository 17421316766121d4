import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as 90s, 45m, 8h, 2d or 1h30m; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (total, [, count, unit]) => total + Number(count) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
}

const aDuration = 'expected a duration such as 30m or 1h';

/** A duration in clusters.yaml, in milliseconds. */
export const duration = z.string(aDuration).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: aDuration });
  return z.NEVER;
});
