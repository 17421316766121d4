import type { Exchange } from '../http/exchange.ts';
import { swiftMessage } from './errors.ts';

/** The headers of a request that a kind of thing keeps, by their beginnings; `x-remove-…` counts as an empty one. */
export function keptHeaders(exchange: Exchange, beginnings: readonly string[]): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [name, value] of Object.entries(exchange.headers)) {
    const isRemoval = name.startsWith('x-remove-');
    const target = isRemoval ? name.replace('x-remove-', 'x-') : name;
    if (!beginnings.some((beginning) => target.startsWith(beginning))) continue;
    kept.set(target, isRemoval ? '' : String(value));
  }
  checkMetadata(kept);
  return kept;
}

/** Swift's own limits: 128 characters for a name, 256 for a value. */
function checkMetadata(headers: ReadonlyMap<string, string>): void {
  for (const [name, value] of headers) {
    const meta = /^x-(?:account|container|object)-meta-(.+)$/.exec(name)?.[1];
    if (meta === undefined) continue;
    if (meta.length > 128) throw swiftMessage(400, `Metadata name too long: ${name}`);
    if (value.length > 256) throw swiftMessage(400, `Metadata value longer than 256: ${name}`);
  }
}

/** When an object is to vanish, by X-Delete-At or X-Delete-After. */
export function deletionTime(exchange: Exchange): Date | undefined {
  const after = exchange.headers['x-delete-after'];
  const at = exchange.headers['x-delete-at'];
  if (after === undefined && at === undefined) return undefined;
  const seconds = after === undefined ? Number(at) : Math.floor(Date.now() / 1000) + Number(after);
  const plain = { 'content-type': 'text/plain' };
  if (!Number.isInteger(seconds))
    throw swiftMessage(400, `Non-integer X-Delete-${after === undefined ? 'At' : 'After'}`, plain);
  if (seconds * 1000 <= Date.now()) throw swiftMessage(400, 'X-Delete-At in past', plain);
  return new Date(seconds * 1000);
}
