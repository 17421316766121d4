import { doctor } from '../../jobs/preflight/doctor.ts';
import type { CloudChoice } from '../clusters/cluster-spec.ts';
import { type Finding, levelMarks, problem } from '../clusters/finding.ts';
import { choiceName, choicesNamed, choicesOf } from '../clusters/inspection.ts';
import { type Config, type Environment, readConfig } from '../config/config.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { silentLogger } from '../log.ts';
import { connect } from '../openstack/openstack.ts';

/**
 * Examines one cloud, or every cloud that clusters.yaml uses, with neither Redis nor Slack; prints a line for each thing
 * that was looked at. Answers the exit status: 1 when something stands in the way. Throws ConfigError.
 */
export async function runDoctor(
  args: readonly string[],
  env: Environment,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = args;
  if (rest.length > 0 || name?.startsWith('-')) {
    throw new UsageError(`doctor does not understand "${args.join(' ')}"`, {
      hint: 'Say slipway doctor, or slipway doctor CLOUD',
    });
  }
  const config = readConfig(env, { slack: false, slackEvents: false, clouds: false });
  const choices = chosen(name, config);
  if (choices.length === 0) print('clusters.yaml uses no cloud yet; name one: slipway doctor CLOUD');
  const results = await Promise.all(choices.map((choice) => examine(choice, config, env, signal)));
  for (const [index, findings] of results.entries()) {
    const choice = choices[index];
    if (choice !== undefined) printFindings(choiceName(choice), findings, print);
  }
  return results.flat().some(({ level }) => level === 'problem') ? 1 : 0;
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
