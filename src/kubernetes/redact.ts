import { PrivateKeys } from './private-keys.ts';

/** Takes secrets out of one line; undefined when nothing of the line may be seen. Lines must come in order. */
export type Redactor = (line: string) => string | undefined;

const veil = '[secret]';

/** Shorter ones would be found everywhere, and the gaps would give them away. */
const shortestSecret = 4;

/**
 * What looks like a secret wherever it stands: the shapes that the makers of tokens document, and the headers, addresses
 * and assignments that carry one. Each expression runs in time linear in the line, however the line is made up.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Whatever stands before the @ of a URL; git@ alone is the usual user of SSH and says nothing.
  [/:\/\/(?!git@)[^\s/?#'"<>]*@/g, `://${veil}@`],
  [
    /((?:proxy-)?authorization|x-(?:auth|subject|service)-token|(?:set-)?cookie)(["']?\s{0,9}[:=]\s{0,9}).+/gi,
    `$1$2${veil}`,
  ],
  [/\b(bearer)\s{1,9}[\w.~+/=-]{8,}/gi, `$1 ${veil}`],
  // Slack, GitHub, GitLab, AWS, Google, npm, Docker Hub, Vault, Keystone (Fernet), JSON web tokens.
  [/(?:xox[a-z]|xapp)[-.][\w.-]{6,}/gi, veil],
  [/gh[opsur]_\w{16,}|github_pat_\w{16,}/g, veil],
  [/gl(?:pat|ptt|dt|rt|cbt|agent|soat|ft|imt|ffct)-[\w-]{16,}/g, veil],
  [/(?:AKIA|ASIA)[0-9A-Z]{16}/g, veil],
  [/AIza[\w-]{35}|ya29\.[\w-]{16,}/g, veil],
  [/npm_\w{30,}|dckr_[a-z]{3}_[\w-]{16,}|hv[sb]\.[\w-]{16,}/g, veil],
  [/gAAAAA[\w=-]{20,}/g, veil],
  [/(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{8,4096}(?:\.[\w-]*)?/g, veil],
  // What makes an address valid for whoever has it; and a PEM file as Kubernetes writes it into YAML.
  [/([?&][\w.-]{0,40}(?:sig|signature)=)[^\s&"'<>]+/gi, `$1${veil}`],
  [/LS0tLS1CRUdJTi[\w+/=]{8,}/g, veil],
  // password=…, "client_secret": "…", --token …
  [
    /((?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key)\w{0,32}["']?\s{0,9}=\s{0,9})(?:"[^"]*"|'[^']*'|[^\s"',;&]+)/gi,
    `$1${veil}`,
  ],
  [/((?:passw(?:or)?d|passphrase)["']?:\s{0,9})(?:"[^"]*"|'[^']*'|[^\s"',;&]+)/gi, `$1${veil}`],
  [/((?:secret|token|api_?key|access_?key)\w{0,32}["']:\s{0,9})(?:"[^"]*"|'[^']*')/gi, `$1${veil}`],
  [/(--(?:[a-z-]{0,20}-)?(?:password|passphrase|token|secret))\s{1,9}[^\s-]\S*/gi, `$1 ${veil}`],
];

/**
 * A redactor for one output of one program: it remembers whether it is inside of a private key. `secrets` are exact
 * values that must not be seen, in any of the ways that programs write them.
 */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const values = spellings(secrets);
  const keys = new PrivateKeys();
  return (line) => {
    const shown = keys.takeOut(line);
    return shown === undefined ? undefined : veiled(shown, values);
  };
}

function veiled(line: string, values: readonly string[]): string {
  let text = line;
  for (const value of values) text = text.replaceAll(value, veil);
  for (const [shape, replacement] of shapes) text = text.replace(shape, replacement);
  return text;
}

/** Each line of each secret as it is, in a URL, in JSON and in base64; the longest first, for one may hold another. */
function spellings(secrets: readonly string[]): string[] {
  const found = new Set<string>();
  for (const secret of secrets.flatMap((value) => [value, ...value.split(/[\r\n]+/)])) {
    if (secret.length < shortestSecret) continue;
    found.add(secret);
    found.add(encodeURIComponent(Buffer.from(secret).toString()));
    found.add(JSON.stringify(secret).slice(1, -1));
    found.add(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  }
  return [...found].sort((a, b) => b.length - a.length);
}
