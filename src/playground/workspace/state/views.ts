import { type Clock, randomId, randomSecret } from './ids.ts';
import { type Block, withIds } from './messages.ts';

/** A modal or a Home tab as Slack keeps it: what the app sent, with ids, hash and defaults. */
export interface StoredView {
  readonly id: string;
  readonly userId: string;
  readonly type: 'modal' | 'home';
  readonly blocks: readonly Block[];
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly external_id: string;
  readonly hash: string;
  readonly title?: unknown;
  readonly submit?: unknown;
  readonly close?: unknown;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly root_view_id: string;
  readonly previous_view_id?: string;
}

/** A view as an app sends it, once the validator has let it through. */
export type NewView = Readonly<Record<string, unknown>>;

/** Tells which person's modals or Home tab changed. */
export type ViewListener = (userId: string) => void;

/** The modals that people have open, bottom first, and their Home tabs. */
export interface Views {
  openFor(userId: string): readonly StoredView[];
  homeOf(userId: string): StoredView | undefined;
  find(idOrExternalId: string): StoredView | undefined;
  open(userId: string, view: NewView): StoredView;
  push(userId: string, view: NewView): StoredView;
  replace(current: StoredView, view: NewView): StoredView;
  publish(userId: string, view: NewView): StoredView;
  /** Takes the topmost modal away. */
  pop(userId: string): void;
  clear(userId: string): void;
  listen(listener: ViewListener): () => void;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function stored(
  userId: string,
  view: NewView,
  place: Pick<StoredView, 'id' | 'root_view_id' | 'previous_view_id'>,
  now: Clock,
): StoredView {
  const blocks = Array.isArray(view.blocks) ? (view.blocks as Record<string, unknown>[]) : [];
  return {
    ...place,
    userId,
    type: view.type === 'home' ? 'home' : 'modal',
    blocks: withIds(blocks),
    callback_id: text(view.callback_id),
    private_metadata: text(view.private_metadata),
    external_id: text(view.external_id),
    hash: `${Math.floor(now() / 1000)}.${randomSecret(4)}`,
    title: view.title,
    submit: view.submit,
    close: view.close,
    clear_on_close: view.clear_on_close === true,
    notify_on_close: view.notify_on_close === true,
  };
}

export function createViews(now: Clock): Views {
  const stacks = new Map<string, StoredView[]>();
  const homes = new Map<string, StoredView>();
  const listeners = new Set<ViewListener>();

  const openFor = (userId: string): StoredView[] => stacks.get(userId) ?? [];

  function setStack(userId: string, views: StoredView[]): void {
    stacks.set(userId, views);
    for (const listener of listeners) listener(userId);
  }

  function setHome(view: StoredView): StoredView {
    homes.set(view.userId, view);
    for (const listener of listeners) listener(view.userId);
    return view;
  }

  function find(idOrExternalId: string): StoredView | undefined {
    const all = [...[...stacks.values()].flat(), ...homes.values()];
    return all.find(
      (view) => view.id === idOrExternalId || (view.external_id !== '' && view.external_id === idOrExternalId),
    );
  }

  function open(userId: string, view: NewView): StoredView {
    const id = randomId('V');
    const opened = stored(userId, view, { id, root_view_id: id }, now);
    setStack(userId, [opened]);
    return opened;
  }

  function push(userId: string, view: NewView): StoredView {
    const stack = openFor(userId);
    const top = stack.at(-1);
    if (top === undefined) return open(userId, view);
    const place = { id: randomId('V'), root_view_id: top.root_view_id, previous_view_id: top.id };
    const pushed = stored(userId, view, place, now);
    setStack(userId, [...stack, pushed]);
    return pushed;
  }

  function replace(current: StoredView, view: NewView): StoredView {
    const { id, root_view_id, previous_view_id, userId } = current;
    const place = { id, root_view_id, ...(previous_view_id !== undefined && { previous_view_id }) };
    const replaced = stored(userId, view, place, now);
    if (current.type === 'home') return setHome(replaced);
    setStack(
      userId,
      openFor(userId).map((other) => (other.id === id ? replaced : other)),
    );
    return replaced;
  }

  function publish(userId: string, view: NewView): StoredView {
    const id = homes.get(userId)?.id ?? randomId('V');
    return setHome(stored(userId, view, { id, root_view_id: id }, now));
  }

  return {
    openFor,
    homeOf: (userId) => homes.get(userId),
    find,
    open,
    push,
    replace,
    publish,
    pop: (userId) => setStack(userId, openFor(userId).slice(0, -1)),
    clear: (userId) => setStack(userId, []),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
