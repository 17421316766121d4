import { z } from 'zod';

const credentials = z.object({
  auth_url: z.string(),
  user_id: z.string(),
  password: z.string(),
  project_id: z.string(),
  alarm_url: z.string(),
});

/** The shape of what a server is told of one object of a release. */
export const bootObject = z.object({
  kind: z.enum(['kubernetes', 'states', 'salt', 'file']),
  name: z.string(),
  url: z.string(),
  size: z.number(),
  sha256: z.string(),
});

/** Of the settings only what decides what a cluster looks like from outside. */
const settings = z.object({ cni: z.string(), cloud_provider: z.boolean(), cinder_csi: z.boolean() });

const common = z.object({
  cluster: z.string(),
  index: z.string(),
  version: z.string(),
  release: z.string(),
  objects: z.array(bootObject),
  settings,
  facts: z.object({ endpoint: z.ipv4(), public_address: z.ipv4().or(z.literal('')) }),
  signal: z.string().transform((text) => credentials.parse(JSON.parse(text))),
});

/** What every server has of its own. */
const hostStore = z.object({ log_put: z.url(), upgrade_get: z.url(), upgrade_put: z.url() });

const controlPlane = common.extend({
  role: z.literal('control-plane'),
  store: hostStore.extend({
    cloud_config_get: z.url().optional(),
    join_node_put: z.url(),
    join_control_plane_get: z.url(),
    join_control_plane_put: z.url(),
    admin_conf_put: z.url(),
    report_put: z.url(),
  }),
});

const node = common.extend({
  role: z.literal('node'),
  store: hostStore.extend({ join_node_get: z.url() }),
});

const parameters = z.discriminatedUnion('role', [controlPlane, node]);

/** What a server is told by its user data: the parameters that Heat filled into it. */
export type BootParameters = z.output<typeof parameters>;

/** What a control plane is told. */
export type ControlPlaneParameters = z.output<typeof controlPlane>;

/** One object of the release, as a server is told of it. */
export type BootObject = z.output<typeof bootObject>;

/** Where in Heat a server reports to, and as whom. */
export type SignalCredentials = z.output<typeof credentials>;

/** Where the boot script finds its parameters; so this file makes user data Slipway's. */
const parametersFile = '/var/lib/slipway/parameters.json';

const cloudConfig = z.object({ write_files: z.array(z.object({ path: z.string(), content: z.string() })) });

/**
 * Reads the parameters out of a server's user data, cloud-init's `#cloud-config` as one line of JSON. They are looked for
 * nowhere else, because a server has nothing else either. Undefined for a server that does not boot with Slipway's script.
 *
 * @throws Error when it is Slipway's, but what Heat filled in cannot be read.
 */
export function parseBootScript(userData: string): BootParameters | undefined {
  const [first = '', ...rest] = userData.split('\n');
  if (first.trim() !== '#cloud-config' || !userData.includes(parametersFile)) return undefined;
  const { write_files: files } = cloudConfig.parse(JSON.parse(rest.join('\n')));
  const file = files.find(({ path }) => path === parametersFile);
  return parameters.parse(JSON.parse(file?.content ?? ''));
}
