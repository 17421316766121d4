import type { Config, Environment } from '../config/config.ts';
import type { CloudConfig } from '../openstack/cloud-config.ts';

/** Names of variables whose values are secrets; what ends in _ID or _FILE only leads to one. */
const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|PRIVATE_KEY|ACCESS_KEY|API_KEY)$/i;

/** A shorter one is found in too many innocent words. */
const shortest = 8;

/**
 * Every value that no log, card or thread may ever show: secrets of the environment, passwords in its URLs, Slack's
 * tokens, and what the clouds in use are logged in to with.
 */
export function secretsOf(env: Environment, config: Pick<Config, 'slack' | 'clusters' | 'cloud'>): string[] {
  const clouds = [...config.clusters.values()].flatMap(({ cloud, swift }) => [cloud, ...(swift ? [swift.cloud] : [])]);
  const found = [
    ...Object.entries(env).flatMap(([name, value = '']) => [
      ...(secretName.test(name) ? [value] : []),
      ...inUrl(value),
    ]),
    ...[config.slack?.botToken, config.slack?.appToken, config.slack?.signingSecret].map((secret) => secret?.reveal()),
    ...[...new Set(clouds)].flatMap((name) => secretsOfCloud(config.cloud(name))),
  ];
  return [...new Set(found)].filter((secret) => secret !== undefined && secret.length >= shortest) as string[];
}

/** The password of an address, as it stands there and as it is meant. Proxies are often written without http://. */
function inUrl(value: string): string[] {
  const address = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(address)) return [];
  const { password } = new URL(address);
  return [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function secretsOfCloud({ credentials, clientCertificate }: CloudConfig): string[] {
  const lines = clientCertificate?.key.reveal().split(/\r?\n/) ?? [];
  return [revealed(credentials), ...lines.filter((line) => !line.startsWith('-----'))];
}

function revealed(credentials: CloudConfig['credentials']): string {
  switch (credentials.kind) {
    case 'password':
      return credentials.password.reveal();
    case 'application-credential':
      return credentials.secret.reveal();
    case 'token':
      return credentials.token.reveal();
  }
}
