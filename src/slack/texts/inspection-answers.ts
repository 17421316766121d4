import { type Finding, findingSentence, levelMarks, problemsIn } from '../../clusters/finding.ts';
import { header, type Message, section, context as smallPrint } from '../views/blocks.ts';
import { noteLine, planLine, problemLine } from '../views/deployment-card.ts';
import { allOf, fitLines, oneLine } from '../views/mrkdwn.ts';
import { count } from '../views/quantities.ts';
import { commandText } from './cluster-texts.ts';

/** A worker is at it. */
export function lookingAnswer(what: string): Message {
  const text = `● Looking at ${oneLine(what, 200)} …`;
  return { text, blocks: [section(text)] };
}

/** What bringing a cluster up would take, in the words of the card; what stands in the way comes first. */
export function planAnswer(cluster: string, findings: readonly Finding[]): Message {
  const problems = problemsIn(findings);
  const lines = [
    ...problems.map(problemLine),
    ...findings.filter(({ level }) => level === 'warning').map((finding) => noteLine(findingSentence(finding))),
    ...findings.filter(({ level }) => level === 'ok').map(planLine),
  ];
  const [verdictText, next] = planVerdict(cluster, problems);
  const title = `${cluster} · ${verdictText}`;
  return { text: title, blocks: [header(title), section(shown(lines, 2_900)), smallPrint(next)] };
}

/** The headline, and what to do next. What may pass by itself does not make a cluster impossible. */
function planVerdict(cluster: string, problems: readonly Finding[]): readonly [string, string] {
  const up = commandText('up', cluster);
  if (problems.length === 0) {
    return ['plan', `○ Nothing stands in the way. ${up} asks for it; nothing was requested now.`];
  }
  if (problems.every(({ passing }) => passing === true)) {
    return [
      'cannot be planned now',
      `○ The cloud did not answer everything. ${commandText('plan', cluster)} asks again.`,
    ];
  }
  return ['cannot be brought up', `✗ ${capitalCount(problems.length)} in the way: ${up} would be refused.`];
}

/** How one cloud, or one build worker, was found to be. */
export interface Health {
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** A message of Slack's holds more, but nobody reads it. */
const longestInAll = 9_000;

/** How clouds and build workers are, a line for each thing that was looked at. */
export function doctorAnswer(clouds: readonly Health[], builders: readonly Health[] = []): Message {
  const told = [...clouds.slice(0, cloudsShown), ...builders.slice(0, buildersShown)];
  const each = Math.min(2_900, Math.floor(longestInAll / Math.max(1, told.length)));
  const text = [
    ...(clouds.length === 0 ? ['clusters.yaml uses no cloud yet'] : []),
    ...[...clouds, ...builders].map(verdict),
  ].join('; ');
  const blocks = told.flatMap(({ name, findings }) => [
    header(`${name} · ${health(findings)}`),
    section(shown(findings.map(findingLine), each)),
  ]);
  const rest = [
    ...(clouds.length > cloudsShown
      ? [`and ${clouds.length - cloudsShown} more: ${commandText('doctor', 'CLOUD')} shows one`]
      : []),
    ...(builders.length > buildersShown ? [`and ${builders.length - buildersShown} more build workers`] : []),
  ];
  return {
    text: text.slice(0, 2_900),
    blocks: blocks.length === 0 ? [section(text)] : [...blocks, ...rest.map((line) => smallPrint(line))],
  };
}

/** Slack takes no empty text. */
function shown(lines: readonly string[], max: number): string {
  return lines.length === 0 ? 'Nothing was found.' : fitLines(lines, max);
}

const cloudsShown = 10;
const buildersShown = 5;

function findingLine({ level, label, text, hint }: Finding): string {
  const next = hint === undefined || level === 'ok' ? '' : `\n→ ${oneLine(hint, 300)}`;
  return `${levelMarks[level]} *${oneLine(label, 60)}* · ${oneLine(text, 700)}${next}`;
}

function verdict({ name, findings }: Health): string {
  return `${oneLine(name, 200)}: ${health(findings)}`;
}

/** "nothing to mend", "2 problems", "1 problem and 2 warnings". */
function health(findings: readonly Finding[]): string {
  const problems = problemsIn(findings).length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  if (problems + warnings === 0) return 'nothing to mend';
  return allOf([
    ...(problems > 0 ? [count(problems, 'problem')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ]);
}

function capitalCount(number: number): string {
  return number === 1 ? 'One thing stands' : `${number} things stand`;
}
