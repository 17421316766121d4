import { z } from 'zod';

const credentials = z.object({
  auth_url: z.string(),
  user_id: z.string(),
  password: z.string(),
  project_id: z.string(),
  alarm_url: z.string(),
});

const object = z.object({
  kind: z.enum(['kubernetes', 'states', 'salt', 'file']),
  name: z.string(),
  url: z.string(),
  size: z.number(),
  sha256: z.string(),
});

const parameters = z.object({
  cluster: z.string(),
  role: z.enum(['control-plane', 'node']),
  version: z.string(),
  release: z.string(),
  objects: z.array(object),
  signal: z.string().transform((text) => credentials.parse(JSON.parse(text))),
});

/** What a server is told by its user data: the parameters that Heat filled into templates/cloud-init/boot.sh. */
export type BootParameters = z.output<typeof parameters>;

/** One object of the release, as a server is told of it. */
export type BootObject = z.output<typeof object>;

/** Where in Heat a server reports to, and as whom. */
export type SignalCredentials = z.output<typeof credentials>;

/**
 * Reads the parameters out of a server's user data. They are looked for nowhere else, because a server has nothing else
 * either. Undefined for a server that does not boot with Slipway's script.
 *
 * @throws Error when it is Slipway's script, but what Heat filled in cannot be read.
 */
export function parseBootScript(userData: string): BootParameters | undefined {
  const line = /^ *cat <<'END_OF_PARAMETERS'\n(.*)\nEND_OF_PARAMETERS$/m.exec(userData)?.[1];
  if (line === undefined || !userData.includes('Slipway first boot')) return undefined;
  return parameters.parse(JSON.parse(line));
}
