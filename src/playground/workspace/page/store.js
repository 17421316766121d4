/** What the page knows of the workspace. Filled from the snapshot, then kept up to date by the stream. */
export const store = {
  team: { name: '' },
  app: { userId: '', name: '' },
  commands: [],
  shortcuts: [],
  users: [],
  userGroups: [],
  channels: [],
  condition: { connected: false, outage: false },
  modals: {},
  homes: {},
  /** channel id → ts → message */
  messages: new Map(),
};

export function takeSnapshot(snapshot) {
  Object.assign(store, snapshot, { messages: new Map() });
  for (const message of snapshot.messages) putMessage(message);
}

export function takeMessage({ kind, message, channel }) {
  if (channel && !store.channels.some((known) => known.id === channel.id)) store.channels.push(channel);
  if (kind === 'deleted') store.messages.get(message.channel)?.delete(message.ts);
  else putMessage(message);
}

function putMessage(message) {
  const channel = store.messages.get(message.channel) ?? new Map();
  channel.set(message.ts, message);
  store.messages.set(message.channel, channel);
}

export function userById(id) {
  return store.users.find((user) => user.id === id) ?? { id, name: id, realName: id, kind: 'person' };
}

export function channelById(id) {
  return store.channels.find((channel) => channel.id === id);
}

export function people() {
  return store.users.filter((user) => user.kind === 'person' && user.account === undefined && user.team === undefined);
}

export function groupsOf(userId) {
  return store.userGroups.filter((group) => group.members.includes(userId));
}

function visibleTo(viewer) {
  return (message) => message.ephemeralFor === undefined || message.ephemeralFor === viewer;
}

/** What stands in the channel itself, for one person. */
export function channelMessages(channelId, viewer) {
  const all = [...(store.messages.get(channelId)?.values() ?? [])];
  return all.filter(visibleTo(viewer)).filter((message) => message.thread_ts === undefined);
}

/** The replies of a thread, for one person. */
export function repliesOf(channelId, ts, viewer) {
  const all = [...(store.messages.get(channelId)?.values() ?? [])];
  return all.filter(visibleTo(viewer)).filter((message) => message.thread_ts === ts);
}

export function messageAt(channelId, ts) {
  return store.messages.get(channelId)?.get(ts);
}
