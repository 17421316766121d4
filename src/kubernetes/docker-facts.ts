import { type Answer, ask, type LookContext, notInstalled } from './builder-tools.ts';

/** The Docker engine that the worker's client talks to. */
export interface EngineFacts {
  readonly version: string;
  /** Host name of the machine that it runs on. */
  readonly host: string;
  readonly memoryBytes: number;
  readonly cores: number;
  /** Where it keeps images and containers, on its own machine. */
  readonly rootDirectory: string;
  readonly rootless: boolean;
}

/** Docker on a build worker. Without `engine`, `why` says why not, as the end of a sentence. */
export interface DockerFacts {
  readonly clientVersion?: string;
  /** Where the client looks for the engine: unix:///var/run/docker.sock. */
  readonly endpoint?: string;
  readonly engine?: EngineFacts;
  readonly why?: string;
  readonly buildxVersion?: string;
  /** Why there is no buildx, as the end of a sentence. */
  readonly buildxWhy?: string;
}

/** One value a line: a whole answer as JSON may be longer than what is kept of a line. */
const engineFormat = Object.entries({
  version: '{{.ServerVersion}}',
  host: '{{.Name}}',
  memory: '{{.MemTotal}}',
  cores: '{{.NCPU}}',
  root: '{{.DockerRootDir}}',
  security: '{{json .SecurityOptions}}',
})
  .map(([name, value]) => `${name}=${value}`)
  .join('\n');

/** Looks at client, engine and buildx side by side. Throws only the signal's reason. */
export async function examineDocker(context: LookContext): Promise<DockerFacts> {
  const [client, engine, buildx, endpoint] = await Promise.all([
    ask('docker', ['--version'], context),
    ask('docker', ['info', '--format', engineFormat], context),
    ask('docker', ['buildx', 'version'], context),
    ask('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], context),
  ]);
  if (client.output === undefined) return { why: client.why };
  const clientVersion = /^Docker version ([\w.+~-]+)/m.exec(client.output)?.[1];
  if (clientVersion === undefined) return { why: 'what is called docker is another program' };

  return {
    clientVersion,
    ...toBuildx(buildx),
    ...(endpoint.output !== undefined && { endpoint: endpoint.output.trim() }),
    ...(engine.output === undefined ? { why: whyNoEngine(engine.why, engine.said) } : toEngine(engine.output)),
  };
}

function toBuildx(answer: Answer): Pick<DockerFacts, 'buildxVersion' | 'buildxWhy'> {
  const buildxVersion = /buildx v?(\d[\w.+~-]*)/.exec(answer.output ?? '')?.[1];
  if (buildxVersion !== undefined) return { buildxVersion };
  if (answer.output !== undefined) return { buildxWhy: 'it does not say its version' };
  const isAbsent = /unknown command|not a docker command/i.test(answer.said);
  return { buildxWhy: isAbsent ? notInstalled : answer.why };
}

function toEngine(output: string): { readonly engine: EngineFacts } | { readonly why: string } {
  const values = new Map(output.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.replace(/^\w+=/, '')]));
  const text = (name: string) => values.get(name) ?? '';
  // Some clients succeed without an engine, and leave everything empty.
  if (text('version') === '') return { why: 'no answer' };
  return {
    engine: {
      version: text('version'),
      host: text('host'),
      memoryBytes: Number(text('memory')),
      cores: Number(text('cores')),
      rootDirectory: text('root'),
      rootless: text('security').includes('name=rootless'),
    },
  };
}

/** What the client says, in the few words that matter. */
function whyNoEngine(why: string, said: string): string {
  if (/permission denied/i.test(said)) return 'permission denied';
  if (/is the docker daemon running|connection refused/i.test(said)) return 'nothing listens there';
  return why;
}
