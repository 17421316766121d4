import { z } from 'zod';
import { parseDuration } from '../clusters/duration.ts';

const aDuration = 'expected a duration such as 30m or 1h';

/** A duration in clusters.yaml, in milliseconds. */
export const duration = z.string(aDuration).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: aDuration });
  return z.NEVER;
});
