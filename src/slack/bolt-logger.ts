import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from '../log.ts';

/**
 * Hands what Bolt and its clients say on to our logger. Their debug level holds whole payloads, response_urls and all,
 * so it is ours only at trace.
 */
export function boltLogger(log: Logger): BoltLogger {
  const said = log.child({ from: 'bolt' });
  return {
    debug: (...words) => said.trace(joined(words)),
    info: (...words) => said.debug(joined(words)),
    warn: (...words) => said.warn(joined(words)),
    error: (...words) => said.error(joined(words)),
    // The level is ours to set.
    setLevel: () => undefined,
    getLevel: () => (said.isLevelEnabled('trace') ? LogLevel.DEBUG : LogLevel.INFO),
    setName: () => undefined,
  };
}

function joined(words: readonly unknown[]): string {
  return words.map((word) => (word instanceof Error ? word.message : String(word))).join(' ');
}
