import type { StoredMessage } from '../workspace/state/messages.ts';

/** Prints what happens in a channel, as it happens: who said what, and threads indented below their cards. */
export class Transcript {
  readonly #print: (line: string) => void;
  readonly #names: ReadonlyMap<string, string>;
  readonly #begun = Date.now();
  readonly #cards = new Map<string, string>();

  constructor(print: (line: string) => void, names: ReadonlyMap<string, string>) {
    this.#print = print;
    this.#names = names;
  }

  /** A slash command or a click, which Slack shows to nobody else. */
  action(user: string, what: string): void {
    this.#line(user, what);
  }

  /** A message that was posted or changed. Of a changed card only a new summary is worth a line. */
  message(message: StoredMessage): void {
    if (message.thread_ts !== undefined && message.thread_ts !== message.ts) {
      this.#line(message.user, `  ${this.plain(message.text)}`);
      return;
    }
    const text = this.plain(message.text);
    if (this.#cards.get(message.ts) === text) return;
    this.#cards.set(message.ts, text);
    const only = message.ephemeralFor ? ` (only to ${this.#name(message.ephemeralFor)})` : '';
    this.#line(message.user, `${text}${only}`);
  }

  /** Slack's markup as a terminal shows it: names for ids, no tags, no escapes. */
  plain(text: string): string {
    return text
      .replaceAll(/<@([A-Z0-9]+)>/g, (_, id: string) => `@${this.#name(id)}`)
      .replaceAll(/<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => this.#name(id))
      .replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
      .replaceAll(/<#([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => `#${this.#name(id)}`)
      .replaceAll(/<([^|>]+)\|([^>]+)>/g, '$2 ($1)')
      .replaceAll(/<(https?:[^>]+)>/g, '$1')
      .replaceAll(/[*`]/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  }

  #name(id: string): string {
    return this.#names.get(id) ?? id;
  }

  #line(user: string, text: string): void {
    const seconds = ((Date.now() - this.#begun) / 1_000).toFixed(1).padStart(5);
    const [first = '', ...rest] = text.split('\n');
    const indent = ' '.repeat(28 + (first.length - first.trimStart().length));
    this.#print(`${seconds} s  ${this.#name(user).padEnd(18)}  ${first}`);
    for (const line of rest) this.#print(`${indent}${line}`);
  }
}
