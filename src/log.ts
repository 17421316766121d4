import { type Logger, pino } from 'pino';

export type { Logger };

/** The fields of a log line that may hold a secret, whatever logged them. */
const redacted = ['password', 'token', 'secret', 'authorization', 'publicKey', 'privateKey'].flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
]);

/** A JSON logger on standard error, so that standard output stays for what a person reads. */
export function createLogger(level: string, bindings: Record<string, unknown> = {}): Logger {
  return pino(
    {
      level,
      base: bindings,
      redact: { paths: redacted, censor: '[secret]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A logger that says nothing: for callers that have none to give. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
