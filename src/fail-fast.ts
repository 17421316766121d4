/**
 * Settings of Redis connections that somebody waits for: commands fail within five seconds while Redis is away, so that a
 * slash command is answered, and the connection is tried again every second.
 */
export const failFast = {
  maxRetriesPerRequest: 2,
  connectTimeout: 5_000,
  commandTimeout: 5_000,
  retryStrategy: (times: number) => Math.min(times * 100, 1_000),
} as const;
