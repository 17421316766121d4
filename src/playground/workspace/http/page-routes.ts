import { isObject, type JsonObject } from '../blocks/checks.ts';
import type { Acting, ActResult } from '../people/acting.ts';
import { type ClickTarget, clickElement } from '../people/click.ts';
import { typeCommand } from '../people/command.ts';
import type { Entries, Entry } from '../people/elements.ts';
import { closeModal, submitModal } from '../people/modal.ts';
import { chooseShortcut, type ShortcutTarget } from '../people/shortcut.ts';
import { openHome, say } from '../people/speech.ts';
import { type Exchange, readBody, sendJson } from './exchange.ts';

const largestRequest = 256 * 1024;

type Act = (acting: Acting, body: JsonObject) => Promise<ActResult>;

const acts: Readonly<Record<string, Act>> = {
  '/playground/command': (acting, body) => typeCommand(acting, text(body.as), text(body.channel), text(body.text)),
  '/playground/say': (acting, body) =>
    say(acting, text(body.as), text(body.channel), text(body.text), optionalText(body.thread_ts)),
  '/playground/click': (acting, body) => clickElement(acting, text(body.as), clickTarget(body)),
  '/playground/view/submit': (acting, body) =>
    submitModal(acting, text(body.as), text(body.view_id), entriesOf(body.values)),
  '/playground/view/close': (acting, body) => closeModal(acting, text(body.as), text(body.view_id)),
  '/playground/shortcut': (acting, body) => chooseShortcut(acting, text(body.as), shortcutTarget(body)),
  '/playground/home': (acting, body) => openHome(acting, text(body.as)),
};

/** What the page asks for: somebody types, clicks, submits. Answers what came of it, as JSON. */
export async function handleAct({ request, response, url }: Exchange, acting: Acting): Promise<void> {
  const act = acts[url.pathname];
  if (act === undefined || request.method !== 'POST') {
    sendJson(response, 404, { ok: false, error: 'unknown_path' });
    return;
  }
  const body = parseBody((await readBody(request, largestRequest)).toString('utf8'));
  if (body === undefined) sendJson(response, 400, { ok: false, error: 'invalid_json' });
  else sendJson(response, 200, await act(acting, body));
}

function parseBody(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function clickTarget(body: JsonObject): ClickTarget {
  const { channel, ts, view_id, block_id, value } = body;
  return {
    actionId: text(body.action_id),
    ...(typeof channel === 'string' && { channel }),
    ...(typeof ts === 'string' && { ts }),
    ...(typeof view_id === 'string' && { viewId: view_id }),
    ...(typeof block_id === 'string' && { blockId: block_id }),
    ...(isEntry(value) && { value }),
  };
}

function shortcutTarget({ callback_id, channel, ts }: JsonObject): ShortcutTarget {
  return {
    callbackId: text(callback_id),
    ...(typeof channel === 'string' && { channel }),
    ...(typeof ts === 'string' && { ts }),
  };
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

/** Keeps what has the shape of entries: block id → action id → entry. */
function entriesOf(values: unknown): Entries {
  if (!isObject(values)) return {};
  const blocks = Object.entries(values).map(([block, actions]) => {
    const entries = isObject(actions) ? Object.entries(actions) : [];
    return [block, Object.fromEntries(entries.filter((entry): entry is [string, Entry] => isEntry(entry[1])))];
  });
  return Object.fromEntries(blocks);
}
