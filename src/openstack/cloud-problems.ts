import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudEntry } from './cloud-entry.ts';

/** Reads the settings of one cloud and collects what is wrong with them, so that all can be reported at once. */
export class CloudProblems {
  readonly found: string[] = [];
  readonly entry: CloudEntry;
  readonly #home: string;

  constructor(entry: CloudEntry, home: string) {
    this.entry = entry;
    this.#home = home;
  }

  /** The text of a setting, or undefined when it is absent or empty. A number or a list is a problem. */
  text(key: string): string | undefined {
    const value = this.entry.settings[key];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    this.found.push(`${this.entry.nameOf(key)} is not a text; put it in quotes, since YAML reads it as something else`);
    return undefined;
  }

  /** The text of a setting that has to be there. */
  needed(key: string, example: string): string | undefined {
    const before = this.found.length;
    const value = this.text(key);
    if (value === undefined && this.found.length === before) this.missing(key, example);
    return value;
  }

  /** An address, in which {region_name} and the like stand for other settings. */
  address(key: string): string | undefined {
    return this.text(key)?.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = this.entry.settings[name];
      return typeof value === 'string' ? value : whole;
    });
  }

  /** The content of the file that a setting names; ~ is the home folder. */
  content(key: string, what: string): string | undefined {
    const file = this.text(key);
    if (file === undefined) return undefined;
    try {
      return readFileSync(file.startsWith('~/') ? join(this.#home, file.slice(2)) : file, 'utf8');
    } catch {
      this.wrong(key, `names ${file}, which cannot be read; write the path of ${what}`);
      return undefined;
    }
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
