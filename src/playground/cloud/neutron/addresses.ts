import { isIPv4 } from 'node:net';
import { badRequest, conflict } from './errors.ts';
import type { FixedIp, NeutronState, Subnet } from './state.ts';

/** An IPv4 range as the numbers of its first and last address. */
export interface Range {
  first: number;
  last: number;
}

/** The range of a CIDR such as 10.0.0.0/24, or undefined if it is none. */
export function rangeOf(cidr: string): Range | undefined {
  const [address = '', bits] = cidr.split('/');
  const prefix = Number(bits);
  if (!isIPv4(address) || bits === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > 32)
    return undefined;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(toNumber(address) / size) * size;
  return { first, last: first + size - 1 };
}

/** Whether two ranges share an address. */
export function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** 10.0.0.1 as a number. */
export function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** A number as an address. */
export function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** An address of a subnet that nobody has: the wanted one, or the lowest. 409 if there is none. */
export function allocate(neutron: NeutronState, subnet: Subnet, wanted?: string): FixedIp {
  const taken = new Set(takenAddresses(neutron, subnet.id));
  if (wanted !== undefined) checkWanted(subnet, taken, wanted);
  const address = wanted ?? lowestFree(subnet, taken);
  if (address !== undefined) return { subnet_id: subnet.id, ip_address: address };
  throw conflict('IpAddressGenerationFailure', `No more IP addresses available on network ${subnet.networkId}.`);
}

function checkWanted(subnet: Subnet, taken: ReadonlySet<string>, wanted: string): void {
  const range = rangeOf(subnet.cidr);
  const number = toNumber(wanted);
  if (range === undefined || !isIPv4(wanted) || number < range.first || number > range.last) {
    throw badRequest('InvalidIpForSubnet', `IP address ${wanted} is not a valid IP for the specified subnet.`);
  }
  if (taken.has(wanted)) {
    throw conflict('IpAddressAlreadyAllocated', `IP address ${wanted} already allocated in subnet ${subnet.id}`);
  }
}

function lowestFree(subnet: Subnet, taken: ReadonlySet<string>): string | undefined {
  for (const { start, end } of subnet.pools) {
    for (let number = toNumber(start); number <= toNumber(end); number += 1) {
      const address = toAddress(number);
      if (!taken.has(address)) return address;
    }
  }
  return undefined;
}

function takenAddresses(neutron: NeutronState, subnetId: string): string[] {
  const ports = [...neutron.ports.values()].flatMap(({ fixedIps }) => fixedIps);
  const gateways = [...neutron.routers.values()].flatMap(({ gateway }) => gateway?.addresses ?? []);
  const fixed = [...ports, ...gateways].filter((ip) => ip.subnet_id === subnetId).map((ip) => ip.ip_address);
  return [...fixed, ...[...neutron.floatingIps.values()].map(({ address }) => address)];
}
