import { type Clock, createTimestamps, randomId } from './ids.ts';

/** A block as the app sent it, once the validator has let it through. */
export type Block = Readonly<Record<string, unknown>> & { readonly type: string; readonly block_id: string };

/** What an app attached for itself; readable by everybody in a real workspace. */
export interface MessageMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

/** A file as it hangs on a message. */
export interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly size: number;
  /** Path of the bytes on this server. */
  readonly path: string;
  /** What a picture shows, in words. */
  readonly description?: string;
}

/** One message as it stands now. A change replaces the object, so that whoever holds one holds a moment. */
export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  /** The parent's ts, in replies only. */
  readonly thread_ts?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly metadata?: MessageMetadata;
  readonly files?: readonly SharedFile[];
  /** The only person who sees it. */
  readonly ephemeralFor?: string;
  /** How many times it was changed. */
  readonly edits: number;
  /** True once its text was changed without blocks: Slack then says "(edited)". */
  readonly edited?: boolean;
}

/** What happened to a message. `ephemeral` is a posting that one person sees. */
export interface MessageEvent {
  readonly kind: 'posted' | 'ephemeral' | 'updated' | 'deleted';
  readonly message: StoredMessage;
}

export type MessageListener = (event: MessageEvent) => void;

export type NewMessage = Omit<StoredMessage, 'ts' | 'edits' | 'edited' | 'blocks'> & {
  readonly blocks?: readonly Record<string, unknown>[];
};
export type MessageChange = Pick<NewMessage, 'text' | 'blocks' | 'metadata'>;

/** Every message of the workspace, by channel and ts. */
export interface Messages {
  inChannel(channel: string): readonly StoredMessage[];
  find(channel: string, ts: string): StoredMessage | undefined;
  post(message: NewMessage): StoredMessage;
  /** Replaces text and blocks; metadata only when given, as chat.update does. */
  update(message: StoredMessage, change: MessageChange): StoredMessage;
  remove(message: StoredMessage): void;
  /** Tells of every change from now on; answers how to stop. */
  listen(listener: MessageListener): () => void;
}

/** Gives every block and every interactive element the id that the app left out. */
export function withIds(blocks: readonly Record<string, unknown>[]): Block[] {
  return blocks.map((block) => ({
    ...block,
    ...(Array.isArray(block.elements) && block.type === 'actions'
      ? { elements: block.elements.map(withActionId) }
      : {}),
    ...(isRecord(block.accessory) ? { accessory: withActionId(block.accessory) } : {}),
    ...(isRecord(block.element) ? { element: withActionId(block.element) } : {}),
    type: String(block.type),
    block_id: typeof block.block_id === 'string' ? block.block_id : randomId('', 5),
  }));
}

function withActionId(element: unknown): unknown {
  if (!isRecord(element) || element.type === 'image' || element.action_id !== undefined) return element;
  return { ...element, action_id: randomId('', 5) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function createMessages(now: Clock): Messages {
  const channels = new Map<string, Map<string, StoredMessage>>();
  const listeners = new Set<MessageListener>();
  const nextTs = createTimestamps(now);

  function channelMessages(channel: string): Map<string, StoredMessage> {
    const existing = channels.get(channel);
    if (existing !== undefined) return existing;
    const created = new Map<string, StoredMessage>();
    channels.set(channel, created);
    return created;
  }

  function tell(event: MessageEvent): void {
    for (const listener of listeners) listener(event);
  }

  function post({ blocks, ...rest }: NewMessage): StoredMessage {
    const message: StoredMessage = { ...rest, ...(blocks && { blocks: withIds(blocks) }), ts: nextTs(), edits: 0 };
    channelMessages(message.channel).set(message.ts, message);
    tell({ kind: message.ephemeralFor === undefined ? 'posted' : 'ephemeral', message });
    return message;
  }

  function update(message: StoredMessage, change: MessageChange): StoredMessage {
    const { blocks: _replaced, ...kept } = message;
    const changed: StoredMessage = {
      ...kept,
      text: change.text,
      ...(change.blocks && { blocks: withIds(change.blocks) }),
      ...(change.metadata && { metadata: change.metadata }),
      edits: message.edits + 1,
      // Slack leaves the mark out when a message changes with blocks: cards are expected to change.
      ...(change.blocks === undefined && { edited: true }),
    };
    channelMessages(changed.channel).set(changed.ts, changed);
    tell({ kind: 'updated', message: changed });
    return changed;
  }

  function remove(message: StoredMessage): void {
    if (channelMessages(message.channel).delete(message.ts)) tell({ kind: 'deleted', message });
  }

  return {
    inChannel: (channel) => [...(channels.get(channel)?.values() ?? [])],
    find: (channel, ts) => channels.get(channel)?.get(ts),
    post,
    update,
    remove,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
