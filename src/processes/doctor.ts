import { checkBuilder, largestNeeds } from '../../jobs/preflight/check-builder.ts';
import { doctor } from '../../jobs/preflight/doctor.ts';
import type { CloudChoice } from '../clusters/cluster-spec.ts';
import { type Finding, levelMarks, problem } from '../clusters/finding.ts';
import { choiceName, choicesNamed, choicesOf } from '../clusters/inspection.ts';
import { type Config, type Environment, readConfig } from '../config/config.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { silentLogger } from '../log.ts';
import { connect } from '../openstack/openstack.ts';

/** What `slipway doctor` is told to look at this machine with, in the place of clouds. */
const builderOption = '--builder';

/**
 * Examines this machine as a build worker, or one cloud, or every cloud that clusters.yaml uses, with neither Redis nor
 * Slack; prints a line for each thing that was looked at. Answers the exit status: 1 when something stands in the way.
 * Throws ConfigError.
 */
export async function runDoctor(
  args: readonly string[],
  env: Environment,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = args;
  if (rest.length > 0 || (name?.startsWith('-') && name !== builderOption)) {
    throw new UsageError(`doctor does not understand "${args.join(' ')}"`, {
      hint: 'Say slipway doctor, slipway doctor CLOUD, or slipway doctor --builder',
    });
  }
  const config = readConfig(env, { slack: false, slackEvents: false, clouds: false });
  if (name === builderOption) return examineBuilder(config, env, print, signal);
  const choices = chosen(name, config);
  if (choices.length === 0) print('clusters.yaml uses no cloud yet; name one: slipway doctor CLOUD');
  const results = await Promise.all(choices.map((choice) => examine(choice, config, env, signal)));
  for (const [index, findings] of results.entries()) {
    const choice = choices[index];
    if (choice !== undefined) printFindings(choiceName(choice), findings, print);
  }
  return statusOf(results.flat());
}

async function examineBuilder(
  { clusters, dataDir }: Config,
  environment: Environment,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { host, findings } = await checkBuilder(largestNeeds(clusters.values()), { environment, dataDir }, signal);
  printFindings(`build worker ${host}`, findings, print);
  return statusOf(findings);
}

function statusOf(findings: readonly Finding[]): number {
  return findings.some(({ level }) => level === 'problem') ? 1 : 0;
}

/** A cloud that no cluster uses yet may be examined, too. */
function chosen(name: string | undefined, { clusters }: Config): CloudChoice[] {
  const all = choicesOf(clusters.values());
  if (name === undefined) return all;
  const found = choicesNamed(name, all);
  return found.length > 0 ? found : [{ cloud: name }];
}

async function examine(
  { cloud, swift }: CloudChoice,
  config: Config,
  env: Environment,
  signal: AbortSignal,
): Promise<Finding[]> {
  try {
    const other = swift === undefined ? {} : { swift: config.cloud(swift.cloud) };
    const openstack = connect(config.cloud(cloud), { log: silentLogger(), env, ...other });
    return await doctor(openstack, signal).finally(() => openstack.close());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [problem('Configuration', [error.message, ...error.problems].join('\n  '), error.hint)];
  }
}

function printFindings(name: string, findings: readonly Finding[], print: (line: string) => void): void {
  print(name);
  const width = Math.max(...findings.map(({ label }) => label.length));
  for (const { level, label, text, hint } of findings) {
    print(`${levelMarks[level]} ${label.padEnd(width)}  ${text}`);
    if (hint !== undefined && level !== 'ok') print(`  ${' '.repeat(width)}  ${hint}`);
  }
}
