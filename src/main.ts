#!/usr/bin/env node
import { ConfigError, DeployError, UsageError } from './errors.ts';
import type { RunningProcess } from './processes/bot.ts';
import { isQueueName, type QueueName, queueNames } from './queue/jobs.ts';

const usage = `Usage: slipway COMMAND

  bot                     listen to Slack
  worker [--queues LIST]  work on queues: ${queueNames.join(',')} (all by default)
  demo [OPTIONS]          try it all on a playground; see demo --help
  doctor [CLOUD]          examine the clouds of clusters.yaml, or one; status 1 if something stands in the way
  doctor --builder        examine this machine as a build worker
  health                  status 0 if Redis answers`;

type Command = (args: readonly string[]) => Promise<number>;

/** Each command loads only what it needs: a bot starts without the playground. */
const commands: Readonly<Record<string, Command>> = {
  async bot() {
    const { startBot } = await import('./processes/bot.ts');
    return serve(await startBot(process.env));
  },
  async worker(args) {
    const { startWorkerProcess } = await import('./processes/worker.ts');
    return serve(await startWorkerProcess(process.env, parseQueues(args)));
  },
  async demo(args) {
    const { runDemo } = await import('./playground/demo/demo.ts');
    const print = (line: string) => process.stdout.write(`${line}\n`);
    return runDemo({ args, env: process.env, main: process.argv[1] ?? '', print, interrupted: interruption() });
  },
  async doctor(args) {
    const { runDoctor } = await import('./processes/doctor.ts');
    const print = (line: string) => process.stdout.write(`${line}\n`);
    return runDoctor(args, process.env, print, interruption());
  },
  async health() {
    const { checkHealth } = await import('./processes/health.ts');
    process.stdout.write(`${await checkHealth(process.env)}\n`);
    return 0;
  },
};

/** Runs the command that the arguments name. Answers the exit status; every error ends here as a sentence. */
async function main(argv: readonly string[]): Promise<number> {
  const [name = 'help', ...args] = argv;
  if (asksForHelp(name, args)) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`slipway: there is no command "${name}"\n\n${usage}\n`);
    return 2;
  }
  try {
    return await command(args);
  } catch (error) {
    process.stderr.write(`slipway ${name}: ${explain(error)}\n`);
    return 1;
  }
}

/** The demo has a help of its own. */
function asksForHelp(name: string, args: readonly string[]): boolean {
  const flags = ['-h', '--help'];
  return name === 'help' || flags.includes(name) || (name !== 'demo' && args.some((arg) => flags.includes(arg)));
}

/** Says that the process is ready, and keeps it until somebody ends it or the process that started it is gone. */
async function serve(running: RunningProcess): Promise<number> {
  const interrupted = interruption();
  process.stdout.write(`slipway: ${running.ready}\n`);
  process.send?.('ready');
  await ended(interrupted);
  await running.close();
  return 0;
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  const end = () => controller.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  if (process.connected) process.once('disconnect', end);
  return controller.signal;
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function parseQueues(args: readonly string[]): readonly QueueName[] {
  const [flag, list, ...rest] = args.flatMap((arg) =>
    arg.startsWith('--queues=') ? ['--queues', arg.slice(9)] : [arg],
  );
  if (flag === undefined) return queueNames;
  const names = (list ?? '').split(',').filter(Boolean);
  if (flag === '--queues' && names.length > 0 && names.every(isQueueName) && rest.length === 0) return names;
  throw new UsageError(`a worker does not understand "${args.join(' ')}"`, {
    hint: `Say which queues: --queues ${queueNames.join(',')}`,
  });
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return [`${error.message}:`, ...error.problems.map((problem) => `  - ${problem}`), error.hint ?? '']
      .join('\n')
      .trimEnd();
  }
  if (error instanceof DeployError) return [error.message, error.hint].filter(Boolean).join('. ');
  return `something unexpected happened: ${error instanceof Error ? error.message : String(error)}`;
}

/** A promise that nobody waits for has failed, such as a connection that Slack refuses for good: end, and say why. */
function endOnStrayFailure(): void {
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`slipway: ${explain(error)}\n`);
    process.exit(1);
  });
}

endOnStrayFailure();
// Not process.exitCode: what a failed start left open must not keep the process.
process.exit(await main(process.argv.slice(2)));
