import type { ServerResponse } from 'node:http';
import type { Acting } from '../people/acting.ts';
import { app, team } from '../state/directory.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { Exchange } from './exchange.ts';

/** How the app under test and the workspace are doing, as the page shows it. */
export interface Condition {
  readonly connected: boolean;
  readonly outage: boolean;
}

/** Comments sent now and then keep proxies and browsers from giving an idle stream up. */
const keepAliveMs = 15_000;

/** Everything that the page needs to draw itself. */
export function snapshot(
  { workspace: { directory, messages, views }, commands, shortcuts }: Acting,
  condition: Condition,
): unknown {
  const channels = directory.channels();
  return {
    team,
    app,
    commands,
    shortcuts,
    users: directory.users,
    userGroups: directory.userGroups,
    channels,
    messages: channels.flatMap((channel) => messages.inChannel(channel.id)),
    modals: Object.fromEntries(directory.users.map(({ id }) => [id, views.openFor(id)])),
    homes: Object.fromEntries(directory.users.map(({ id }) => [id, views.homeOf(id) ?? null])),
    condition,
  };
}

/** The stream of changes to every page that is open, as Server-Sent Events. */
export interface PageStream {
  open(exchange: Exchange): void;
  /** Tells every page how things are now. */
  tell(condition: Condition): void;
  close(): void;
}

export function createPageStream(workspace: WorkspaceState): PageStream {
  const pages = new Set<ServerResponse>();

  function send(type: string, data: unknown): void {
    for (const page of pages) page.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  const stopMessages = workspace.messages.listen(({ kind, message }) => {
    send('message', { kind, message, channel: workspace.directory.findChannel(message.channel) });
  });
  const stopViews = workspace.views.listen((userId) => {
    const { views } = workspace;
    send('views', { user: userId, modals: views.openFor(userId), home: views.homeOf(userId) ?? null });
  });
  const keepAlive = setInterval(() => {
    for (const page of pages) page.write(': still here\n\n');
  }, keepAliveMs);
  keepAlive.unref();

  return {
    open({ response }) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 1000\n\n');
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    tell: (condition) => send('condition', condition),
    close() {
      clearInterval(keepAlive);
      stopMessages();
      stopViews();
      for (const page of pages) page.end();
    },
  };
}
