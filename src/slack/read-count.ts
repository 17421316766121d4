import { UsageError } from '../errors.ts';

/** A number of nodes as somebody types it. Throws a UsageError for anything else than digits. */
export function readCount(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new UsageError(`${text} is no number of nodes`, { hint: 'Type how many there are to be, such as 3' });
}
