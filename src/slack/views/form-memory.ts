import { type ButtonValue, buttonValue, parseButtonValue } from './button-value.ts';

/** What a form keeps while it is open, in Slack's hands: ids only. */
export interface FormMemory extends ButtonValue {
  /** Slack id of the channel that it was opened from: where its user is told what came of it. */
  readonly channel?: string | undefined;
}

/** Packs it; Slack allows 3,000 characters. */
export function formMemory({ channel, ...value }: FormMemory): string {
  return JSON.stringify({ v: buttonValue(value), ...(channel && { ch: channel }) });
}

/** Unpacks what came back. Whatever is not an id of ours is left out. */
export function parseMemory(packed: string): FormMemory {
  const { v, ch } = parseObject(packed);
  const channel = typeof ch === 'string' && /^[A-Z0-9]{2,30}$/.test(ch) ? ch : undefined;
  return { ...parseButtonValue(typeof v === 'string' ? v : undefined), ...(channel && { channel }) };
}

function parseObject(packed: string): { v?: unknown; ch?: unknown } {
  try {
    const parsed: unknown = JSON.parse(packed);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
