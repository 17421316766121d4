const atMost = 12;

/** Names in alphabetical order, as a person can read them; "and 14 more" for the rest of a long list. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none that these credentials can see';
  const sorted = [...names].sort();
  const shown = sorted.slice(0, atMost).join(', ');
  return sorted.length > atMost ? `${shown} and ${sorted.length - atMost} more` : shown;
}
