import type { Deliver } from '../delivery/delivery.ts';
import { app, type Channel, team, type User } from '../state/directory.ts';
import type { WorkspaceState } from '../state/workspace-state.ts';
import type { Shortcut } from './shortcut.ts';

/** What everything that people do needs. */
export interface Acting {
  readonly workspace: WorkspaceState;
  readonly deliver: Deliver;
  /** The slash commands that the app has registered, with their slash. */
  readonly commands: readonly string[];
  readonly shortcuts: readonly Shortcut[];
}

/** What came of something that a person did. The error is Slack's word for it. */
export interface ActResult {
  readonly ok: boolean;
  readonly error?: string;
  /** Texts to show at the inputs of a modal, by block id. */
  readonly errors?: Readonly<Record<string, string>>;
}

export function refused(error: string): ActResult {
  return { ok: false, error };
}

/** Whoever can type and click: people, and other apps' bots. */
export function findPerson(workspace: WorkspaceState, userId: string): User | undefined {
  const user = workspace.directory.findUser(userId);
  return user === undefined || user.kind === 'slackbot' || user.id === app.userId ? undefined : user;
}

/** The channel, if that person is in it. */
export function findOwnChannel(workspace: WorkspaceState, user: User, channelId: string): Channel | undefined {
  const channel = workspace.directory.findChannel(channelId);
  return channel?.members.includes(user.id) ? channel : undefined;
}

/** The fields that every interaction payload starts with. */
export function interactionPayload(workspace: WorkspaceState, user: User, type: string): Record<string, unknown> {
  return {
    type,
    team: { id: team.id, domain: team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team ?? team.id },
    api_app_id: app.id,
    token: workspace.credentials.verificationToken,
    enterprise: null,
    is_enterprise_install: false,
  };
}
