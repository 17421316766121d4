import type { Logger } from '../../log.ts';
import { createDelivery } from './delivery/delivery.ts';
import { createSocketMode } from './delivery/socket-mode.ts';
import { createPageStream } from './http/page-stream.ts';
import { createWorkspaceServer, listen } from './http/workspace-server.ts';
import type { Acting, ActResult } from './people/acting.ts';
import { type ClickTarget, clickElement } from './people/click.ts';
import { typeCommand } from './people/command.ts';
import type { Entries } from './people/elements.ts';
import { closeModal, submitModal } from './people/modal.ts';
import { chooseShortcut, type Shortcut, type ShortcutTarget } from './people/shortcut.ts';
import { openHome, say } from './people/speech.ts';
import type { Channel, User, UserGroup } from './state/directory.ts';
import type { Clock } from './state/ids.ts';
import type { MessageListener, StoredMessage } from './state/messages.ts';
import type { StoredView } from './state/views.ts';
import { createWorkspaceState } from './state/workspace-state.ts';
import { createWebApi } from './web-api/web-api.ts';

export interface WorkspaceOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Address to listen on; this machine alone by default. */
  host?: string;
  /** Where the app and people reach this server, when that is not the address it listens on: without a slash at the end. */
  publicUrl?: string;
  log: Logger;
  /** HTTP mode: where the app takes signed requests. Not used while a Socket Mode connection is open. */
  eventsUrl?: string;
  /** What the bot token may do; by default what Slipway's manifest asks for. */
  botScopes?: readonly string[];
  /** Names of public channels besides #deploys and #random; the bot is in them. */
  channels?: readonly string[];
  /** The slash commands that the app has registered; by default /k8s alone. */
  commands?: readonly string[];
  /** The shortcuts that the app has registered; by default those of Slipway's manifest. */
  shortcuts?: readonly Shortcut[];
  /** Milliseconds since 1970; tests that wait for limits and lifetimes pass their own. */
  now?: Clock;
}

/** What Slipway's manifest declares. */
export const ownShortcuts: readonly Shortcut[] = [
  { type: 'global', callbackId: 'bring-up', name: 'Bring up a cluster' },
  { type: 'message', callbackId: 'status', name: 'How is this cluster?' },
];

/** A running workspace: a stand-in for Slack that an app talks to over real sockets, and people through a page. */
export interface Workspace {
  /** The page, and the origin of everything else. */
  readonly url: string;
  /** What goes into `clientOptions.slackApiUrl`. */
  readonly slackApiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly users: readonly User[];
  readonly channels: readonly Channel[];
  readonly userGroups: readonly UserGroup[];

  /** A person types a whole line such as "/k8s up staging". Resolves when the app has acknowledged it or Slack gave up. */
  command(as: string, channelId: string, text: string): Promise<ActResult>;
  /** A person writes an ordinary message; "@slipway" in it becomes a mention. */
  say(as: string, channelId: string, text: string, threadTs?: string): Promise<ActResult>;
  /** A person uses a button or menu, and has confirmed it. */
  click(as: string, target: ClickTarget): Promise<ActResult>;
  /** A person submits the modal on top. `values`: block id → action id → text, option value or list of option values. */
  submitView(as: string, viewId: string, values: Entries): Promise<ActResult>;
  closeView(as: string, viewId: string): Promise<ActResult>;
  openHome(as: string): Promise<ActResult>;
  /** A person chooses a shortcut, of a message where it is one for messages. */
  shortcut(as: string, target: ShortcutTarget): Promise<ActResult>;

  /** The messages of a channel as they stand, oldest first, with replies and with what only one person sees. */
  messages(channelId: string): readonly StoredMessage[];
  /** The modals that a person has open, bottom first. */
  modals(userId: string): readonly StoredView[];
  home(userId: string): StoredView | undefined;
  /** Tells of every message posted, changed or deleted from now on. Answers how to stop. */
  onMessage(listener: MessageListener): () => void;

  /** From now on HTTP deliveries go here; undefined: nowhere. */
  setEventsUrl(url: string | undefined): void;
  /** While on, the Web API answers 503 to everything. */
  outage(on: boolean): void;
  /** While on, the app hears of everything twice, as when an acknowledgement was lost. */
  deliverTwice(on: boolean): void;
  /** From now on deliveries wait; the answer lets them go, the newest first. */
  holdDeliveries(): () => Promise<void>;
  /** Asks every Socket Mode client to connect anew, as Slack does every few hours. */
  refreshConnections(): void;
  /** How many calls of the Web API were answered 429 so far. */
  rateLimited(): number;
  /** Open Socket Mode connections. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a workspace. Throws a DeployError when the port is taken. */
export async function startWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const {
    log,
    host = '127.0.0.1',
    now = Date.now,
    botScopes,
    channels,
    commands = ['/k8s'],
    shortcuts = ownShortcuts,
  } = options;
  let eventsUrl = options.eventsUrl;
  let outage = false;
  let origin = '';

  const state = createWorkspaceState({
    origin: () => origin,
    now,
    ...(botScopes && { botScopes }),
    ...(channels && { channels }),
  });
  const { credentials, directory, messages, views } = state;
  const stream = createPageStream(state);
  const socketMode = createSocketMode({
    origin: () => origin.replace(/^http/, 'ws'),
    log,
    onConnections: () => stream.tell(condition()),
  });
  const condition = () => ({ connected: socketMode.connections() > 0 || eventsUrl !== undefined, outage });
  const httpTarget = () =>
    eventsUrl === undefined ? undefined : { url: eventsUrl, signingSecret: credentials.signingSecret };
  const delivery = createDelivery(socketMode, httpTarget, log);
  const acting: Acting = { workspace: state, deliver: delivery.deliver, commands, shortcuts };
  const webApi = createWebApi(state, socketMode.openTicket);

  const server = createWorkspaceServer({ acting, webApi, stream, condition, boundTo: host, log });
  server.on('upgrade', socketMode.accept);
  const port = await listen(server, options.port ?? 0, host);
  origin = options.publicUrl ?? `http://${reachableHost(host)}:${port}`;
  log.info({ url: origin }, 'the workspace is open');

  return {
    url: origin,
    slackApiUrl: `${origin}/api/`,
    botToken: credentials.botToken,
    appToken: credentials.appToken,
    signingSecret: credentials.signingSecret,
    users: directory.users,
    userGroups: directory.userGroups,
    get channels() {
      return directory.channels();
    },
    command: (as, channelId, text) => typeCommand(acting, as, channelId, text),
    say: (as, channelId, text, threadTs) => say(acting, as, channelId, text, threadTs),
    click: (as, target) => clickElement(acting, as, target),
    submitView: (as, viewId, values) => submitModal(acting, as, viewId, values),
    closeView: (as, viewId) => closeModal(acting, as, viewId),
    openHome: (as) => openHome(acting, as),
    shortcut: (as, target) => chooseShortcut(acting, as, target),
    messages: messages.inChannel,
    modals: views.openFor,
    home: views.homeOf,
    onMessage: messages.listen,
    setEventsUrl(url) {
      eventsUrl = url;
      stream.tell(condition());
    },
    outage(on) {
      outage = on;
      stream.tell(condition());
    },
    deliverTwice: delivery.repeat,
    holdDeliveries: delivery.hold,
    refreshConnections: socketMode.refresh,
    rateLimited: state.rateLimits.refused,
    connections: socketMode.connections,
    close: () =>
      new Promise((resolve) => {
        stream.close();
        socketMode.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A name for this machine in an address: listening on every address means that the local one will do. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
