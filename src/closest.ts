/** The candidate that somebody probably meant: few typing mistakes away from the word. Undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; mistakes: number } | undefined;
  for (const candidate of candidates) {
    const mistakes = candidate.startsWith(word) && word.length > 1 ? 1 : distance(word, candidate);
    if (mistakes <= tolerated(candidate) && mistakes < (best?.mistakes ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, mistakes };
    }
  }
  return best?.candidate;
}

/** A third of a word may be wrong; more than that is another word. */
function tolerated(candidate: string): number {
  return Math.max(1, Math.floor(candidate.length / 3));
}

/** Longest word that is compared; nothing of ours is longer. */
const longest = 64;

/**
 * How many characters have to be put in, taken out, replaced or swapped with their neighbour to get from one word to the
 * other (the Damerau-Levenshtein distance, each place edited once).
 */
function distance(from: string, to: string): number {
  if (from.length > longest || to.length > longest) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = nextRow(from.slice(Math.max(0, row - 2), row), to, last, beforeLast);
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

/** One row of the table of distances. `pair` ends with the row's character, and begins with the one before it. */
function nextRow(pair: string, to: string, last: readonly number[], beforeLast: readonly number[]): number[] {
  const current = [at(last, 0) + 1];
  for (let column = 1; column <= to.length; column += 1) {
    const same = pair.at(-1) === to[column - 1];
    const swapped = pair.length === 2 && pair.at(-1) === to[column - 2] && pair[0] === to[column - 1];
    current[column] = Math.min(
      at(last, column) + 1,
      at(current, column - 1) + 1,
      at(last, column - 1) + (same ? 0 : 1),
      swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
    );
  }
  return current;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
