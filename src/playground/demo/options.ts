import { parseArgs } from 'node:util';
import { UsageError } from '../../errors.ts';
import { type FaultName, faults, isFaultName } from '../cloud/faults.ts';

/** What `npm run demo -- …` was asked for. */
export interface DemoOptions {
  /** End with the deployment instead of serving the page. */
  readonly once: boolean;
  /** Tear the cluster down again in the end. */
  readonly down: boolean;
  /** Entry of clouds.yaml to use in place of the playground's cloud. */
  readonly cloud: string | undefined;
  /** Fault to switch on in the playground's cloud. */
  readonly fail: FaultName | undefined;
  readonly port: number;
  readonly image: string | undefined;
  readonly externalNetwork: string | undefined;
  /** Resolver of the servers. */
  readonly dns: string;
  readonly controlPlaneFlavor: string;
  readonly nodeFlavor: string;
  readonly help: boolean;
}

const options = {
  once: { type: 'boolean', default: false },
  down: { type: 'boolean', default: false },
  cloud: { type: 'string' },
  fail: { type: 'string' },
  port: { type: 'string', default: '3000' },
  image: { type: 'string' },
  'external-network': { type: 'string' },
  dns: { type: 'string', default: '10.0.0.10' },
  'control-plane-flavor': { type: 'string', default: 'm1.medium' },
  'node-flavor': { type: 'string', default: 'm1.small' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the demo's arguments. Throws UsageError. */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const values = read(args);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port ${values.port} is not a port number`);
  const { fail } = values;
  if (fail !== undefined && !isFaultName(fail)) {
    throw new UsageError(`The playground knows no fault "${fail}"`, {
      hint: `It knows: ${Object.keys(faults).join(', ')}`,
    });
  }
  if (fail !== undefined && values.cloud !== undefined) {
    throw new UsageError('--fail switches on a fault in the playground’s cloud, so it does not go with --cloud');
  }
  return {
    once: values.once,
    down: values.down,
    cloud: values.cloud,
    fail,
    port,
    image: values.image,
    externalNetwork: values['external-network'],
    dns: values.dns,
    controlPlaneFlavor: values['control-plane-flavor'],
    nodeFlavor: values['node-flavor'],
    help: values.help,
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : '';
    throw new UsageError(`The demo does not understand its arguments: ${reason}`, {
      hint: 'See npm run demo -- --help',
      cause,
    });
  }
}

/** The text of `npm run demo -- --help`. */
export function demoHelp(): string {
  const width = Math.max(...Object.keys(faults).map((name) => name.length));
  return [
    'npm run demo [-- OPTIONS]: brings a cluster up from a chat, on a playground or on your cloud',
    '',
    '  --once                       end with the deployment: status 0 if the cluster is up, 1 if not',
    '  --down                       tear the cluster down again in the end',
    '  --port N                     where the page is served (3000; 0 takes any free port)',
    '  --fail FAULT                 let something go wrong in the playground’s cloud (see below)',
    '  --cloud NAME                 use this entry of clouds.yaml instead of the playground’s cloud, with',
    '    --external-network NAME      the network that floating IPs come from (the only one, or "gateway")',
    '    --dns ADDRESS                the resolver of the servers (10.0.0.10)',
    '    --control-plane-flavor NAME  (m1.medium)',
    '    --node-flavor NAME           (m1.small)',
    '    --image NAME                 an image that is in Glance (needed where servers really boot)',
    '',
    'Faults:',
    ...Object.entries(faults).map(([name, what]) => `  ${name.padEnd(width)}  ${what}`),
  ].join('\n');
}
