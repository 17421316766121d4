import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse) => void;

/** A server on 127.0.0.1 that hands out files, or answers as it is told. */
export interface Mirror {
  /** Without a slash at the end. */
  readonly url: string;
  /** What is at each path, to be added to at any time; 404 elsewhere. */
  readonly paths: Map<string, Answer>;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  close(): void;
}

/** Starts a mirror with the usual: `/moved` leads to `/image`, `/cut` breaks off, `/slow` never ends. */
export async function startMirror(image: Buffer): Promise<Mirror> {
  const paths = new Map<string, Answer>([
    ['/image', (response) => response.writeHead(200, { 'content-length': image.length }).end(image)],
    ['/moved', (response) => response.writeHead(302, { location: '/image' }).end()],
    ['/slow', (response) => response.writeHead(200, { 'content-length': image.length }).write(image.subarray(0, 1000))],
    [
      '/cut',
      (response) =>
        response
          .writeHead(200, { 'content-length': image.length })
          .write(image.subarray(0, 1000), () => response.destroy()),
    ],
  ]);
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const answer = paths.get(url) ?? ((missing) => missing.writeHead(404).end());
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
