import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressesIn, type ServiceAddress, serviceAt, withAddresses } from './catalog-addresses.ts';
import { Exchange } from './fault-exchange.ts';
import { type FaultKind, faultActs } from './fault-kinds.ts';

/** One request that came by. */
export interface Call {
  readonly method: string;
  /** Its type in Keystone's catalog: `identity`, `image` … */
  readonly service: string;
  /** Below the service's address, without the query. */
  readonly path: string;
  /** Whether it brought content along. */
  readonly hasBody: boolean;
  /** What was done to it. */
  fault?: FaultKind;
}

/** Which call something is to happen to: the `occurrence`th that fits, the first one by default. */
export interface CallMatch {
  readonly method: string;
  readonly service: string;
  readonly path: Pick<RegExp, 'test'>;
  readonly occurrence?: number;
}

/** A fault that waits for its call. */
export interface PlannedFault {
  /** True once it has happened. */
  readonly struck: boolean;
}

/** One server for each origin of the cloud, so that every path stays what it is: signed URLs are signed with theirs. */
interface Gate {
  readonly server: Server;
  readonly address: string;
}

/**
 * Stands between a client and a cloud, and does to single calls what networks and busy services do. Of what passes it
 * changes one thing: the addresses in Keystone's catalog, so that all calls lead through it. Servers that fetch by a
 * signed URL come through here as well; they are no clients of the cloud, so nothing is recorded of or done to them.
 */
export class FaultProxy {
  /** Every call so far, in the order in which they came. */
  readonly calls: Call[] = [];
  readonly #authUrl: URL;
  readonly #addresses: ServiceAddress[];
  readonly #gates = new Map<string, Promise<Gate>>();
  readonly #planned = new Set<Planned>();
  readonly #underWay = new Set<Promise<void>>();

  private constructor(authUrl: string) {
    this.#authUrl = new URL(authUrl);
    this.#addresses = [{ type: 'identity', url: this.#authUrl }];
  }

  /** Starts a proxy for the cloud whose Keystone is at `authUrl`. */
  static async start(authUrl: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(authUrl);
    await proxy.#gate(proxy.#authUrl.origin);
    return proxy;
  }

  /** Keystone's address, as a client is to be told it. */
  async authUrl(): Promise<string> {
    return this.#through(this.#authUrl.href);
  }

  /** Plans one fault for one call that is still to come. */
  inject(kind: FaultKind, match: CallMatch): PlannedFault {
    const planned = new Planned(kind, match);
    this.#planned.add(planned);
    return planned;
  }

  /** How many calls of a service fit. */
  count(service: string, method: string, path: Pick<RegExp, 'test'>): number {
    return this.calls.filter((call) => call.service === service && call.method === method && path.test(call.path))
      .length;
  }

  /** Resolves when nothing is under way, calls included that reach the cloud after their caller has given up. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    for (const gate of await Promise.all(this.#gates.values())) {
      if (!gate.server.listening) continue;
      const closed = once(gate.server, 'close');
      gate.server.close();
      gate.server.closeAllConnections();
      await closed;
    }
    await this.settled();
  }

  /** The address that leads to `address` through this proxy. */
  async #through(address: string): Promise<string> {
    const { origin } = new URL(address);
    return (await this.#gate(origin)).address + address.slice(origin.length);
  }

  #gate(origin: string): Promise<Gate> {
    const existing = this.#gates.get(origin);
    if (existing !== undefined) return existing;
    const opened = this.#openGate(origin);
    this.#gates.set(origin, opened);
    return opened;
  }

  async #openGate(origin: string): Promise<Gate> {
    const server = createServer((request, response) => {
      const handled = this.#handle(new Exchange(request, response, new URL(request.url ?? '/', origin)));
      this.#underWay.add(handled);
      void handled.finally(() => this.#underWay.delete(handled));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  /** Never rejects: whatever breaks on the way to the cloud is a lost connection to the client. */
  async #handle(exchange: Exchange): Promise<void> {
    try {
      const planned = exchange.url.searchParams.has('temp_url_sig') ? undefined : this.#record(exchange);
      if (planned !== undefined) await faultActs[planned.kind](exchange, (answer) => this.#translate(exchange, answer));
      else if (isLogin(exchange)) exchange.answer(await this.#translate(exchange, await exchange.forward()));
      else await exchange.pass();
    } catch {
      exchange.reset();
    }
  }

  #record({ request, url }: Exchange): Planned | undefined {
    const method = request.method ?? 'GET';
    const { service, path } = serviceAt(this.#addresses, url);
    const call: Call = { method, service, path, hasBody: hasBody(request) };
    this.calls.push(call);
    const due = [...this.#planned].filter((planned) => planned.isDueAt(call));
    const [planned] = due;
    if (planned === undefined) return undefined;
    this.#planned.delete(planned);
    planned.struck = true;
    call.fault = planned.kind;
    return planned;
  }

  /** Leads the addresses of a catalog through this proxy, and remembers whose they are. */
  async #translate(exchange: Exchange, answer: Awaited<ReturnType<Exchange['forward']>>): Promise<typeof answer> {
    if (!isLogin(exchange) || answer.status !== 201) return answer;
    const token = JSON.parse(answer.body.toString('utf8'));
    const addresses = addressesIn(token);
    this.#addresses.splice(1, this.#addresses.length, ...addresses);
    const led = await Promise.all(addresses.map(async ({ url }) => [url.href, await this.#through(url.href)] as const));
    const body = Buffer.from(JSON.stringify(withAddresses(token, new Map(led))));
    return { ...answer, body, headers: { ...answer.headers, 'content-length': String(body.length) } };
  }
}

/** A fault and the calls that it still lets by. */
class Planned implements PlannedFault {
  struck = false;
  readonly kind: FaultKind;
  readonly #match: CallMatch;
  #seen = 0;

  constructor(kind: FaultKind, match: CallMatch) {
    this.kind = kind;
    this.#match = match;
  }

  /** Counts the calls that fit, so it is to be asked once for each. */
  isDueAt({ method, service, path }: Call): boolean {
    const { occurrence = 1, ...wanted } = this.#match;
    if (method !== wanted.method || service !== wanted.service || !wanted.path.test(path)) return false;
    this.#seen += 1;
    return this.#seen === occurrence;
  }
}

function isLogin({ request, url }: Pick<Exchange, 'request' | 'url'>): boolean {
  return request.method === 'POST' && url.pathname.endsWith('/v3/auth/tokens');
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
