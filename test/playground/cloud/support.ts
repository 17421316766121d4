import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { silentLogger } from '../../../src/log.ts';
import { type CloudOptions, type PlaygroundCloud, startCloud } from '../../../src/playground/cloud/cloud.ts';

/** An answer of a service, its body read: as JSON if it is that, else as text. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what comes over the wire has the form that the test expects
  body: any;
}

/** Somebody who has logged in. */
export interface Person {
  token: string;
  projectId: string;
  ask(service: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** A cloud of a test, without delays. */
export function testCloud(options: Partial<CloudOptions> = {}): Promise<PlaygroundCloud> {
  return startCloud({ log: silentLogger(), delays: 'none', ...options });
}
