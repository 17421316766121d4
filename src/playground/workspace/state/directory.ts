/** The team that everybody of the playground belongs to. */
export const team = { id: 'T0PLAYGROUND', name: 'Playground', domain: 'playground' } as const;

/** The app under test as the workspace knows it. */
export const app = { id: 'A0SLIPWAY', botId: 'B0SLIPWAY', userId: 'U0SLIPWAY', name: 'Slipway' } as const;

/** Who speaks when Slack itself has something to say, such as "that command failed". */
export const slackbotId = 'USLACKBOT';

/** Somebody with an account: a person, the app's bot user or Slackbot. */
export interface User {
  readonly id: string;
  /** The handle, as in user_name of a slash command. */
  readonly name: string;
  readonly realName: string;
  readonly kind: 'person' | 'bot' | 'slackbot';
  /** What keeps a person from being a full member; nothing for most. */
  readonly account?: 'guest' | 'single-channel-guest' | 'deleted';
  /** The team that they belong to, when it is another one: a channel may be shared with it. */
  readonly team?: string;
}

/** A place for messages. Direct messages are channels of kind im between the bot and one person. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'im';
  readonly topic: string;
  readonly members: readonly string[];
}

/** A mentionable group of people. */
export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** Who and what there is in the workspace. */
export interface Directory {
  readonly users: readonly User[];
  readonly userGroups: readonly UserGroup[];
  channels(): readonly Channel[];
  findUser(id: string): User | undefined;
  /** By id, or by name with or without its number sign. */
  findChannel(idOrName: string): Channel | undefined;
  /** The direct message channel between the bot and that person, made when first asked for. */
  openDirectMessage(user: User): { channel: Channel; alreadyOpen: boolean };
}

const people: readonly User[] = [
  { id: 'U0DEVELOPER', name: 'developer', realName: 'Developer', kind: 'person' },
  { id: 'U0PLATFORM', name: 'platform', realName: 'Platform engineer', kind: 'person' },
  { id: 'U0VISITOR', name: 'visitor', realName: 'Visitor', kind: 'person' },
];

/** Accounts that are no full members: they are in the channels, and may type and click as everybody else. */
const outsiders: readonly User[] = [
  { id: 'U0GUEST', name: 'guest', realName: 'Guest', kind: 'person', account: 'guest' },
  { id: 'U0SINGLE', name: 'single', realName: 'Single-channel guest', kind: 'person', account: 'single-channel-guest' },
  { id: 'U0GONE', name: 'gone', realName: 'Gone', kind: 'person', account: 'deleted' },
  { id: 'U0STRANGER', name: 'stranger', realName: 'Stranger', kind: 'person', team: 'T0ELSEWHERE' },
  { id: 'U0ROBOT', name: 'robot', realName: 'Robot', kind: 'bot' },
];

const users: readonly User[] = [
  ...people,
  ...outsiders,
  { id: app.userId, name: 'slipway', realName: app.name, kind: 'bot' },
  { id: slackbotId, name: 'slackbot', realName: 'Slackbot', kind: 'slackbot' },
];

const userGroups: readonly UserGroup[] = [
  { id: 'S0DEVELOPERS', handle: 'developers', name: 'Developers', members: ['U0DEVELOPER'] },
  { id: 'S0PLATFORM', handle: 'platform-team', name: 'Platform team', members: ['U0PLATFORM'] },
];

const everybody = [...people, ...outsiders].map((person) => person.id);

function furtherChannel(name: string): Channel {
  const id = `C0${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`;
  return { id, name, kind: 'public', topic: '', members: [...everybody, app.userId] };
}

const publicChannels: readonly Channel[] = [
  {
    id: 'C0DEPLOYS',
    name: 'deploys',
    kind: 'public',
    topic: 'Clusters up, clusters down',
    members: [...everybody, app.userId],
  },
  { id: 'C0RANDOM', name: 'random', kind: 'public', topic: 'The bot is not a member here', members: everybody },
];

/**
 * The seeded workspace: three people, some who are no full members, two groups, two public channels and the bot.
 *
 * @param more names of further public channels, in which everybody and the bot are
 */
export function createDirectory(more: readonly string[] = []): Directory {
  const open = [...publicChannels, ...more.map(furtherChannel)];
  const channels = new Map(open.map((channel) => [channel.id, channel]));

  function findChannel(idOrName: string): Channel | undefined {
    const name = idOrName.replace(/^#/, '');
    return channels.get(idOrName) ?? open.find((channel) => channel.name === name);
  }

  function openDirectMessage(user: User): { channel: Channel; alreadyOpen: boolean } {
    const id = user.id.replace(/^U/, 'D');
    const existing = channels.get(id);
    if (existing !== undefined) return { channel: existing, alreadyOpen: true };

    const channel: Channel = { id, name: 'directmessage', kind: 'im', topic: '', members: [user.id, app.userId] };
    channels.set(id, channel);
    return { channel, alreadyOpen: false };
  }

  return {
    users,
    userGroups,
    channels: () => [...channels.values()],
    findUser: (id) => users.find((user) => user.id === id),
    findChannel,
    openDirectMessage,
  };
}
