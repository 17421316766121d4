import type { Route } from './exchange.ts';

/** A route that fits a path, and what its pattern captured. */
export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** All routes of a table whose pattern fits `path`, whatever their method; the caller picks the method. */
export function matchRoutes(routes: readonly Route[], path: string): Match[] {
  const segments = path.split('/').slice(1);
  return routes.flatMap((route) => {
    const params = capture(route.path.split('/').slice(1), segments);
    return params === undefined ? [] : [{ route, params }];
  });
}

function capture(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    if (expected.startsWith('*')) {
      const rest = segments.slice(index).join('/');
      params[expected.slice(1)] = decode(rest);
      return rest === '' ? undefined : params;
    }
    const actual = segments[index];
    if (actual === undefined || !fits(expected, actual, params)) return undefined;
  }
  return pattern.length === segments.length ? params : undefined;
}

function fits(expected: string, actual: string, params: Record<string, string>): boolean {
  if (!expected.startsWith(':')) return expected === actual;
  if (actual === '') return false;
  params[expected.slice(1)] = decode(actual);
  return true;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
