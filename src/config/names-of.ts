/** `"a"`, or `"a" or "b"`: keys that somebody wrote, for a message. */
export function namesOf(keys: readonly string[]): string {
  return keys.map((key) => `"${key.slice(0, 60)}"`).join(' or ');
}
