/**
 * The path and the query that a Location means, as they stand below the service's endpoint; undefined when it leads
 * elsewhere. Nothing but that part is to be trusted: behind a proxy that ends TLS, services write http:// and the names
 * that they have inside, and a token must not follow them there.
 */
export function pathBelow(
  endpoint: string,
  location: string | undefined,
): { path: string[]; query: string } | undefined {
  if (location === undefined || !URL.canParse(location, endpoint)) return undefined;
  const { pathname, search } = new URL(location, endpoint);
  const own = new URL(endpoint).pathname.split('/').filter((part) => part !== '');
  for (let skipped = 0; skipped < own.length; skipped += 1) {
    const tail = `/${own.slice(skipped).join('/')}/`; // a proxy may have put its own folder in front
    const at = pathname.indexOf(tail);
    if (at >= 0)
      return {
        path: pathname
          .slice(at + tail.length)
          .split('/')
          .map(decoded),
        query: search,
      };
  }
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
