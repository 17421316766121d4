/**
 * Whether two OpenSSH public keys are the same key, whatever their comments say. Their fingerprints in Nova would not
 * tell: of a key that came with two blanks behind its type, Nova takes the fingerprint of nothing.
 */
export function isSameKey(one: string, other: string): boolean {
  const [type, key] = one.trim().split(/\s+/);
  const [otherType, otherKey] = other.trim().split(/\s+/);
  return key !== undefined && type === otherType && withoutPadding(key) === withoutPadding(otherKey ?? '');
}

function withoutPadding(base64: string): string {
  return base64.replace(/=+$/, '');
}
