/** How often it is noted that something in Swift was used again. */
const touchEveryMs = 3_600_000;

/**
 * True while what was last used at that time needs no new note: it will not be taken for unused for a good while, so that
 * it may be chosen although somebody removes what is. `keepMs` is how long unused things are kept.
 */
export function isFresh(usedAt: number, keepMs: number, now: number): boolean {
  return now - usedAt < Math.min(touchEveryMs, keepMs / 2);
}
