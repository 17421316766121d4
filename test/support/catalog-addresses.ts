/** Where a service is, by its type in Keystone's catalog. */
export interface ServiceAddress {
  readonly type: string;
  readonly url: URL;
}

/** What Keystone answers to a login, as far as it is of interest here. */
interface WireToken {
  token: { catalog?: { type: string; endpoints: { url: string }[] }[] };
}

/** The addresses in the catalog of a token, each once. */
export function addressesIn({ token }: WireToken): ServiceAddress[] {
  const found = (token.catalog ?? []).flatMap(({ type, endpoints }) =>
    endpoints.map(({ url }) => ({ type, url: new URL(url) })),
  );
  return [...new Map(found.map((address) => [`${address.type} ${address.url.href}`, address])).values()];
}

/** The token with other addresses in its catalog. */
export function withAddresses({ token }: WireToken, instead: ReadonlyMap<string, string>): WireToken {
  const catalog = token.catalog?.map((service) => ({
    ...service,
    endpoints: service.endpoints.map((endpoint) => ({
      ...endpoint,
      url: instead.get(new URL(endpoint.url).href) ?? endpoint.url,
    })),
  }));
  return { token: { ...token, ...(catalog && { catalog }) } };
}

/**
 * Which service a request is for, and its path below that service's address. What lies beside all addresses, as Swift's
 * /info does, belongs to the one of that origin that has most of its path in common.
 */
export function serviceAt(
  addresses: readonly ServiceAddress[],
  { origin, pathname }: URL,
): { service: string; path: string } {
  const [nearest] = addresses
    .filter(({ url }) => url.origin === origin)
    .map(({ type, url }) => ({ type, base: url.pathname.replace(/\/+$/, '') }))
    .map(({ type, base }) => ({ type, base, shared: sharedParts(base, pathname) }))
    .sort((one, other) => other.shared - one.shared);
  if (nearest === undefined) return { service: 'unknown', path: pathname };
  const below = `${pathname}/`.startsWith(`${nearest.base}/`);
  return { service: nearest.type, path: (below ? pathname.slice(nearest.base.length) : pathname) || '/' };
}

/** How many leading parts two paths have in common. */
function sharedParts(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  const differing = left.findIndex((part, index) => part !== right[index]);
  return differing < 0 ? left.length : differing;
}
