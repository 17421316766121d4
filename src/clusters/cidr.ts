/** First and last address of an IPv4 network, as numbers. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** True when two IPv4 networks such as 10.123.0.0/24 have an address in common. False for what is not IPv4. */
export function cidrsOverlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

/** True when an IPv4 address lies in a network. */
export function cidrContains(cidr: string, address: string): boolean {
  return cidrsOverlap(cidr, `${address}/32`);
}

/** Host bits may be set, as people write 10.0.0.1/24. */
function rangeOf(cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1 };
}
