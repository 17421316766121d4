import type { Redis } from 'ioredis';
import type { AuditEntry } from '../clusters/audit-entry.ts';
import { keptSeconds, keys } from './keys.ts';

/** About how many entries are kept at most, of some 200 bytes each: somebody who types without end does not fill Redis. */
const keptEntries = 50_000;

/** A decision with its place in the log. */
export interface StoredAuditEntry {
  readonly id: string;
  readonly entry: AuditEntry;
}

/** How far the audit channel has come. Written by the job `post-audit` alone. */
export interface AuditTold {
  /** Place in the log of the last entry that it was told of or that was none of its business. */
  readonly position: string;
  /** Milliseconds since the epoch of the last message. */
  readonly at: number;
}

/** The audit log in Redis: one stream, of the last 90 days and of about 50,000 entries at most. Nothing changes an entry. */
export class AuditLog {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Writes a decision down, and lets go of what is too old or too much. Throws when Redis does not take it. */
  async append(entry: AuditEntry): Promise<void> {
    const answers = await this.#redis
      .multi()
      .xadd(keys.audit, 'MAXLEN', '~', keptEntries, '*', 'entry', JSON.stringify(entry))
      .xtrim(keys.audit, 'MINID', '~', String(Math.max(0, entry.at - keptSeconds * 1_000)))
      .exec();
    // A transaction resolves with the errors of its commands: a Redis without memory says so here.
    const problem = answers?.find(([error]) => error !== null)?.[0];
    if (problem) throw problem;
    if (answers === null) throw new Error('Redis gave the transaction up');
  }

  /** The newest entries, newest first. */
  async newest(count: number): Promise<AuditEntry[]> {
    const stored = await this.#redis.xrevrange(keys.audit, '+', '-', 'COUNT', count);
    return stored.map(([, fields]) => parsed(fields));
  }

  /** The entries after a place in the log, oldest first. */
  async after(position: string, count: number): Promise<StoredAuditEntry[]> {
    const stored = await this.#redis.xrange(keys.audit, `(${position}`, '+', 'COUNT', count);
    return stored.map(([id, fields]) => ({ id, entry: parsed(fields) }));
  }

  /** How far the audit channel has come; undefined before it was told anything. */
  async told(): Promise<AuditTold | undefined> {
    const value = await this.#redis.get(keys.auditTold);
    return value === null ? undefined : (JSON.parse(value) as AuditTold);
  }

  async saveTold(told: AuditTold): Promise<void> {
    await this.#redis.set(keys.auditTold, JSON.stringify(told));
  }
}

function parsed(fields: readonly string[]): AuditEntry {
  return JSON.parse(fields[1] ?? '') as AuditEntry;
}
