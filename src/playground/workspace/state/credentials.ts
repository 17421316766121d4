import { randomSecret } from './ids.ts';

/** What the app's manifest asks for, and nothing more. */
export const defaultBotScopes: readonly string[] = [
  'commands',
  'app_mentions:read',
  'chat:write',
  'files:write',
  'im:write',
  'usergroups:read',
  'users:read',
];

/** The secrets of one run of the workspace, with what each token may do. */
export interface Credentials {
  readonly botToken: string;
  readonly botScopes: readonly string[];
  readonly appToken: string;
  readonly appScopes: readonly string[];
  readonly signingSecret: string;
  /** The deprecated token in every payload; present because Slack still sends it. */
  readonly verificationToken: string;
}

/** Fresh random credentials: a leaked one is worth nothing after the next start. */
export function createCredentials(botScopes: readonly string[] = defaultBotScopes): Credentials {
  return {
    botToken: `xoxb-${randomSecret()}`,
    botScopes,
    appToken: `xapp-1-${randomSecret()}`,
    appScopes: ['connections:write'],
    signingSecret: randomSecret(),
    verificationToken: randomSecret(12),
  };
}
