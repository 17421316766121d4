import type { CloudEntry } from './cloud-entry.ts';

/** Reads the settings of one cloud and collects what is wrong with them, so that all can be reported at once. */
export class CloudProblems {
  readonly found: string[] = [];
  readonly entry: CloudEntry;

  constructor(entry: CloudEntry) {
    this.entry = entry;
  }

  /** The text of a setting, or undefined when it is absent or empty. A number or a list is a problem. */
  text(key: string): string | undefined {
    const value = this.entry.settings[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    this.found.push(`${this.entry.nameOf(key)} is not a text; put it in quotes, since YAML reads it as something else`);
    return undefined;
  }

  /** The text of the first of several settings that is there. */
  firstText(keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const value = this.text(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Notes that a setting is missing, and what to write. */
  missing(key: string, example: string): void {
    this.found.push(`${this.entry.nameOf(key)} is missing; write ${this.entry.example(key, example)}`);
  }

  /** Notes that a setting is wrong, and what to write. */
  wrong(key: string, reason: string): void {
    this.found.push(`${this.entry.nameOf(key)} ${reason}`);
  }
}
