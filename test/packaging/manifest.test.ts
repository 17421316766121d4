import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema } from 'ajv';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { defaultBotScopes } from '../../src/playground/workspace/state/credentials.ts';
import { ownShortcuts } from '../../src/playground/workspace/workspace.ts';
import { commands } from '../../src/slack/commands/commands.ts';
import { shortcutIds } from '../../src/slack/shortcuts.ts';

interface Manifest {
  readonly display_information: Readonly<Record<'name' | 'description' | 'long_description', string>>;
  readonly features: {
    readonly bot_user: { readonly display_name: string };
    readonly slash_commands: readonly {
      readonly command: string;
      readonly url?: string;
      readonly usage_hint: string;
    }[];
    readonly shortcuts: readonly {
      readonly type: 'global' | 'message';
      readonly callback_id: string;
      readonly name: string;
    }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[]; readonly user?: readonly string[] } };
  readonly settings: {
    readonly interactivity: { readonly is_enabled: boolean; readonly request_url?: string };
    readonly event_subscriptions: { readonly bot_events: readonly string[]; readonly request_url?: string };
    readonly socket_mode_enabled: boolean;
  };
}

const text = readFileSync('slack/manifest.yaml', 'utf8');

/** What its comments tell the reader to do for HTTP. */
function forHttp(): Manifest {
  return load(text.replaceAll(/# (url|request_url):/g, '$1:')) as Manifest;
}

const schema = JSON.parse(readFileSync('test/fixtures/slack/manifest.schema.1.0.0.json', 'utf8')) as AnySchema;

describe('the app manifest', () => {
  const manifest = load(text) as Manifest;

  it.each([
    ['Socket Mode', load(text)],
    ['HTTP', forHttp()],
  ])('is what the JSON schema that Slack has published takes, for %s', (_mode, value) => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });

    const valid = ajv.validate(schema, value);

    expect({ valid, errors: ajv.errors }).toEqual({ valid: true, errors: null });
  });

  it('declares Slipway with texts of the lengths that Slack takes', () => {
    const { name, description, long_description } = manifest.display_information;

    expect(name).toBe('Slipway');
    expect(manifest.features.bot_user.display_name).toBe('Slipway');
    expect(description.length).toBeLessThanOrEqual(140);
    expect(long_description.length).toBeGreaterThanOrEqual(174);
    expect(long_description.length).toBeLessThanOrEqual(4000);
  });

  it('declares the slash command, with a hint that names commands there are', () => {
    const [command, ...others] = manifest.features.slash_commands;
    const hinted = command?.usage_hint.split('|').map((usage) => usage.trim().split(' ')[0]);

    expect(others).toEqual([]);
    expect(command?.command).toBe('/k8s');
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(hinted ?? []));
  });

  it('declares the shortcuts and events that the bot listens to, and that the playground has', () => {
    const { shortcuts } = manifest.features;

    expect(shortcuts.map(({ type, callback_id: callbackId, name }) => ({ type, callbackId, name }))).toEqual(
      ownShortcuts,
    );
    expect(shortcuts.map(({ callback_id }) => callback_id).sort()).toEqual(Object.values(shortcutIds).sort());
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened', 'app_mention']);
  });

  it('asks for no scope but those that the bot uses', () => {
    expect(manifest.oauth_config.scopes).toEqual({
      bot: ['commands', 'app_mentions:read', 'chat:write', 'files:write', 'im:write', 'usergroups:read', 'users:read'],
    });
  });

  it('asks for all that the playground lets the bot do, so that nothing works there alone', () => {
    expect(manifest.oauth_config.scopes.bot).toEqual(defaultBotScopes);
  });

  it('takes clicks, over Socket Mode, with no address', () => {
    expect(manifest.settings).toMatchObject({ interactivity: { is_enabled: true }, socket_mode_enabled: true });
    expect(text).not.toMatch(/^\s*(request_)?url:/m);
  });

  it('takes commands, events and clicks at one address over HTTP', () => {
    const { features, settings } = forHttp();

    expect(features.slash_commands[0]?.url).toMatch(/^https:.*\/slack\/events$/);
    expect(settings.interactivity.request_url).toBe(features.slash_commands[0]?.url);
    expect(settings.event_subscriptions.request_url).toBe(features.slash_commands[0]?.url);
  });
});
