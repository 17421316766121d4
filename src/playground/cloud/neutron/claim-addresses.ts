import { once } from 'node:events';
import { createServer } from 'node:net';

/** Addresses of this machine that no other playground on it gives to its servers. */
export interface AddressClaim {
  /** The first two numbers of each: "127.24". */
  readonly prefix: string;
  /** Lets the next playground have them. */
  release(): Promise<void>;
}

/** The second numbers of the blocks that playgrounds choose from. */
const blocks = Array.from({ length: 64 }, (_, index) => 24 + index);

/** Where a Kubernetes API listens, and an address on which none ever will: that of a gateway. */
const port = 6443;
const gateway = '4.1';

/**
 * Takes the first block of loopback addresses that is free, as long as it listens there: a floating IP is the same address
 * for all programs of a machine, and two clouds would give it to two servers. Where a system knows no loopback address but
 * 127.0.0.1 nothing can listen on any of them, and the first block will do.
 */
export async function claimAddresses(): Promise<AddressClaim> {
  for (const block of blocks) {
    const prefix = `127.${block}`;
    const server = createServer((socket) => socket.destroy());
    const outcome = await listening(server.listen({ host: `${prefix}.${gateway}`, port, exclusive: true }));
    if (outcome === 'EADDRINUSE') continue;
    if (outcome !== 'listening') break;
    return { prefix, release: () => closed(server) };
  }
  return { prefix: `127.${blocks[0]}`, release: () => Promise.resolve() };
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  try {
    await once(server, 'listening');
    server.unref();
    return 'listening';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

async function closed(server: ReturnType<typeof createServer>): Promise<void> {
  const end = once(server, 'close');
  server.close();
  await end;
}
