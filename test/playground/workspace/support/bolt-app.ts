import type { Server } from 'node:http';
import { App, HTTPReceiver, LogLevel, type SocketModeReceiver } from '@slack/bolt';
import type { Workspace } from '../../../../src/playground/workspace/workspace.ts';

/** A real Bolt app connected to a workspace. */
export interface ConnectedApp {
  app: App;
  disconnect(): Promise<void>;
}

/** Connects a Bolt app over Socket Mode. Listeners are registered before it starts. */
export async function connectBySocket(workspace: Workspace, register: (app: App) => void): Promise<ConnectedApp> {
  const app = new App({
    token: workspace.botToken,
    appToken: workspace.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: workspace.slackApiUrl },
  });
  register(app);
  await app.start();
  const { client } = Reflect.get(app, 'receiver') as SocketModeReceiver;
  return { app, disconnect: () => client.disconnect() };
}

/** Connects a Bolt app over signed HTTP, on a free port. */
export async function connectByHttp(workspace: Workspace, register: (app: App) => void): Promise<ConnectedApp> {
  const receiver = new HTTPReceiver({ signingSecret: workspace.signingSecret, logLevel: LogLevel.ERROR });
  const app = new App({
    token: workspace.botToken,
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: workspace.slackApiUrl },
  });
  register(app);
  const server: Server = await receiver.start(0);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the receiver listens on no port');
  workspace.setEventsUrl(`http://127.0.0.1:${address.port}/slack/events`);
  return {
    app,
    async disconnect() {
      workspace.setEventsUrl(undefined);
      await receiver.stop();
    },
  };
}
