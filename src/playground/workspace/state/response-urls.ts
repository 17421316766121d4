import { type Clock, randomId, randomSecret } from './ids.ts';

/** A response_url works this long and this often. */
const lifetimeMs = 30 * 60_000;
const maximumUses = 5;

/** Where a response_url leads back to. */
export interface ResponseTarget {
  readonly channel: string;
  readonly userId: string;
  /** The message whose button was clicked; undefined for a slash command. */
  readonly messageTs?: string;
}

/** The response urls handed out, each good for five uses within half an hour. */
export interface ResponseUrls {
  issue(target: ResponseTarget): string;
  /** Counts one use. Undefined when the url is unknown, too old or used up. */
  use(path: string): ResponseTarget | undefined;
}

/** @param base origin of the server, asked for late since the port may be chosen by the system */
export function createResponseUrls(base: () => string, now: Clock): ResponseUrls {
  const issued = new Map<string, { target: ResponseTarget; madeAt: number; uses: number }>();

  return {
    issue(target) {
      const path = `/response/${randomId('T')}/${randomSecret()}`;
      issued.set(path, { target, madeAt: now(), uses: 0 });
      return `${base()}${path}`;
    },
    use(path) {
      const entry = issued.get(path);
      if (entry === undefined || now() - entry.madeAt > lifetimeMs || entry.uses >= maximumUses) return undefined;
      entry.uses += 1;
      return entry.target;
    },
  };
}
