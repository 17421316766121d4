import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import { silentLogger } from '../../../src/log.ts';
import { type CloudOptions, type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';

/** An answer of a service, its body read: as JSON if it is that, else as text. */
export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Somebody who has logged in, and speaks HTTP with no client between. */
export interface Person {
  token: string;
  projectId: string;
  endpoint(service: string): string;
  ask(service: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

interface CloudEntry {
  auth: { auth_url: string; username: string; password: string; project_name: string; user_domain_name: string };
}

/** A cloud without delays. */
export function testCloud(options: Partial<CloudOptions> = {}): Promise<PlaygroundCloud> {
  return startCloud({ log: silentLogger(), delays: 'none', ...options });
}

/** Logs in as an entry of the cloud's clouds.yaml. */
export async function logIn(cloud: PlaygroundCloud, name = 'playground'): Promise<Person> {
  const { clouds } = load(readFileSync(cloud.cloudsFile, 'utf8')) as { clouds: Record<string, CloudEntry> };
  const { auth } = clouds[name] ?? missing(name);
  const domain = { name: auth.user_domain_name };
  const answer = await request('POST', `${auth.auth_url}/auth/tokens`, {
    auth: {
      identity: { methods: ['password'], password: { user: { name: auth.username, password: auth.password, domain } } },
      scope: { project: { name: auth.project_name, domain } },
    },
  });
  const token = answer.headers.get('x-subject-token') ?? missing('token');
  const catalog = at(answer.body, 'token', 'catalog') as { type: string; endpoints: { url: string }[] }[];
  const endpoint = (service: string): string =>
    catalog.find(({ type }) => type === service)?.endpoints[0]?.url ?? missing(service);
  return {
    token,
    projectId: String(at(answer.body, 'token', 'project', 'id')),
    endpoint,
    ask: (service, method, path, body, headers) =>
      request(method, `${endpoint(service)}${path}`, body, { 'x-auth-token': token, ...headers }),
  };
}

/** One request; a body that is neither text nor bytes goes as JSON. */
export async function request(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : undefined;
  const init = body === undefined ? {} : { body: raw ?? JSON.stringify(body) };
  const response = await fetch(url, { method, headers, redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

/** What a path of keys and indexes leads to in an answer. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  );
}

/** Asks again until there is an answer. The runner's own time-out ends it. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(10);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function missing(what: string): never {
  throw new Error(`There is no ${what}`);
}
