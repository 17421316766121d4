import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../../../log.ts';
import { app } from '../state/directory.ts';
import { randomSecret } from '../state/ids.ts';
import { acknowledgeWithinMs, type Envelope, type Outcome } from './envelope.ts';

/** An app may hold this many connections open at once. */
const mostConnections = 10;
/** Clients of Slack count on a ping at least every 30 s. */
const pingEveryMs = 10_000;
/** A connection to be refreshed is closed this long after the warning. */
const warnBeforeMs = 10_000;

/** The server's side of Socket Mode. */
export interface SocketMode {
  /** The address for one new connection; undefined when there are too many already. */
  openTicket(): string | undefined;
  /** Takes over an upgrade request; refuses it when its ticket is unknown or used. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): number;
  /** Sends to one of the connections, and waits for its acknowledgement. `attempt` counts from 0. */
  deliver(envelope: Envelope, attempt: number): Promise<Outcome>;
  /** Warns every connection that it will be closed shortly, as Slack does every few hours. */
  refresh(): void;
  close(): void;
}

export interface SocketModeOptions {
  /** Origin of the server with the scheme ws. */
  origin: () => string;
  log: Logger;
  /** Told whenever the number of connections changes. */
  onConnections: (count: number) => void;
}

export function createSocketMode({ origin, log, onConnections }: SocketModeOptions): SocketMode {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const tickets = new Set<string>();
  const sockets = new Set<WebSocket>();
  const waiting = new Map<string, (outcome: Outcome) => void>();
  let turn = 0;

  const heartbeat = setInterval(() => {
    for (const socket of sockets) socket.ping();
  }, pingEveryMs);
  heartbeat.unref();

  function openTicket(): string | undefined {
    if (sockets.size >= mostConnections) return undefined;
    const ticket = randomSecret();
    tickets.add(ticket);
    return `${origin()}/link/?ticket=${ticket}&app_id=${app.id}`;
  }

  function accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, socket, head, welcome);
  }

  function welcome(socket: WebSocket): void {
    sockets.add(socket);
    socket.on('message', receive);
    socket.on('error', (error) => log.warn({ err: error }, 'a socket mode connection broke'));
    socket.on('close', () => forget(socket));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.size,
        connection_info: { app_id: app.id },
        debug_info: { host: 'playground', approximate_connection_time: 18_060 },
      }),
    );
    log.info({ connections: sockets.size }, 'an app connected by socket mode');
    onConnections(sockets.size);
  }

  function forget(socket: WebSocket): void {
    if (sockets.delete(socket)) onConnections(sockets.size);
  }

  function receive(data: RawData): void {
    const acknowledgement = parseAcknowledgement(data);
    if (acknowledgement === undefined) return;
    waiting.get(acknowledgement.id)?.({ kind: 'acknowledged', response: acknowledgement.payload });
  }

  /** Any one of the connections gets a message; they take turns. */
  function nextSocket(): WebSocket | undefined {
    const open = [...sockets].filter((socket) => socket.readyState === socket.OPEN);
    turn += 1;
    return open[turn % open.length];
  }

  function deliver(envelope: Envelope, attempt: number): Promise<Outcome> {
    const socket = nextSocket();
    if (socket === undefined) return Promise.resolve({ kind: 'dispatch_failed' });

    const id = randomUUID();
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(outcome);
      };
      const timer = setTimeout(() => settle({ kind: 'operation_timeout' }), acknowledgeWithinMs);
      waiting.set(id, settle);
      socket.send(
        JSON.stringify({
          envelope_id: id,
          type: envelope.type,
          payload: envelope.payload,
          accepts_response_payload: envelope.type !== 'events_api',
          ...(envelope.type === 'events_api' && {
            retry_attempt: attempt,
            retry_reason: attempt === 0 ? '' : 'timeout',
          }),
        }),
      );
    });
  }

  function refresh(): void {
    for (const socket of sockets) {
      socket.send(
        JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'playground' } }),
      );
      setTimeout(() => socket.close(1000), warnBeforeMs).unref();
    }
  }

  function close(): void {
    clearInterval(heartbeat);
    for (const settle of [...waiting.values()]) settle({ kind: 'dispatch_failed' });
    for (const socket of sockets) socket.terminate();
    server.close();
  }

  return { openTicket, accept, connections: () => sockets.size, deliver, refresh, close };
}

/** An acknowledgement names the envelope and may carry an answer; an empty one counts as none. */
function parseAcknowledgement(data: RawData): { id: string; payload: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(data.toString());
    if (typeof message !== 'object' || message === null || !('envelope_id' in message)) return undefined;
    const payload = 'payload' in message ? message.payload : undefined;
    const empty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0;
    return { id: String(message.envelope_id), payload: empty ? undefined : payload };
  } catch {
    return undefined;
  }
}
