import { join } from 'node:path';
import { type ReleaseKey, releaseId } from './release-key.ts';

/** Where everything that the build of a release says is written; the next build of the same replaces it. */
export function buildLogFile(directory: string, key: ReleaseKey): string {
  return join(logsFolder(directory), `${releaseId(key)}.log`);
}

export function logsFolder(directory: string): string {
  return join(directory, 'logs');
}
