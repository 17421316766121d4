import { isIPv4 } from 'node:net';
import { z } from 'zod';

/** A range that a subnet may have: room for a cluster, and no more than Neutron lets it have. */
export const subnetCidr = z.string().refine(isSubnet, 'expected an IPv4 network such as 10.123.0.0/24');

/** Any range of addresses, down to a single one, written without bits of a host: Neutron refuses those. */
export const cidr = z.string().superRefine((text, context) => {
  const message = isIpv4Network(text) ? hostBitsProblem(text) : 'expected an IPv4 network such as 203.0.113.0/24';
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

export const address = z.string().refine((text) => isIPv4(text), 'expected an IPv4 address such as 10.0.0.10');

/** Any range, down to a single address. */
export function isIpv4Network(text: string): boolean {
  const [base = '', bits = '', ...rest] = text.split('/');
  return isIPv4(base) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0;
}

function isSubnet(text: string): boolean {
  const bits = prefixOf(text);
  return isIpv4Network(text) && bits >= 8 && bits <= 28;
}

/** The number after the slash. */
export function prefixOf(text: string): number {
  return Number(text.split('/')[1]);
}

function hostBitsProblem(text: string): string | undefined {
  const network = networkOf(text);
  return network === text ? undefined : `${text} is not the beginning of a network; write ${network}`;
}

/** The network that an address with a prefix lies in. */
function networkOf(text: string): string {
  const [base = '', bits = ''] = text.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = base.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const first = Math.floor(number / size) * size;
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join('.')}/${Number(bits)}`;
}
