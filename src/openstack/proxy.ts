import { BlockList, isIP } from 'node:net';
import { ConfigError } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy through which an address is reached, by the variables that curl and OpenStack's own tools know:
 * https_proxy or http_proxy after the address's scheme, else all_proxy, unless no_proxy names the host. Small letters
 * win over capitals. no_proxy lists hosts (with all below them), host:port, networks (10.0.0.0/8), or `*` for all.
 *
 * @throws ConfigError when the variable is no address of an HTTP proxy. It names the variable, and repeats nothing of it.
 */
export function proxyFor(address: URL, env: Environment): URL | undefined {
  const variable = [`${address.protocol.slice(0, -1)}_proxy`, 'all_proxy'].find((name) => variableOf(env, name));
  if (variable === undefined || isExempt(address, variableOf(env, 'no_proxy') ?? '')) return undefined;
  const proxy = parseProxy(variableOf(env, variable) ?? '');
  if (proxy !== undefined) return proxy;
  throw new ConfigError(`The proxy in ${variable.toUpperCase()} cannot be used`, [
    `${variable.toUpperCase()} is not the address of an HTTP proxy; write http://proxy.example.org:3128, and in a password %2F for /, %23 for #, %3F for ? and %25 for %`,
  ]);
}

function parseProxy(written: string): URL | undefined {
  const text = written.includes('://') ? written : `http://${written}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  return proxy !== undefined && /^https?:$/.test(proxy.protocol) && isWhole(proxy) ? proxy : undefined;
}

/** False for an address that an unescaped character of its password cut in two, or that cannot be decoded. */
function isWhole({ username, password, pathname, search, hash }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
  } catch {
    return false;
  }
  return !`${pathname}${search}${hash}`.includes('@');
}

function variableOf(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

function isExempt(address: URL, noProxy: string): boolean {
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || isInNetwork(address, entry) || isBelow(address, entry));
}

function isInNetwork(address: URL, entry: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const host = bareHost(address);
  const [family, hostFamily] = [isIP(network), isIP(host)];
  if (family === 0 || family !== hostFamily || !/^\d+$/.test(bits)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), kind);
  return list.check(host, kind);
}

function isBelow(address: URL, entry: string): boolean {
  const [, name = entry, port] = /^(.+?):(\d+)$/.exec(entry) ?? [];
  if (isIP(entry) === 6) return bareHost(address) === entry.toLowerCase();
  if (port !== undefined && port !== portOf(address)) return false;
  const host = bareHost(address);
  const domain = name
    .replace(/^\*?\./, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  return host === domain || host.endsWith(`.${domain}`);
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
