import type { Deployment, StepProgress, StepRecord } from '../../clusters/deployment.ts';
import { isTerminal } from '../../clusters/deployment.ts';
import { type StepName, stepsOf } from '../../clusters/steps.ts';
import { stepOutcome, stepTitle } from '../texts/step-texts.ts';
import { oneLine, timeOfDay } from './mrkdwn.ts';
import { bar, duration } from './quantities.ts';

/** How a step stands, in one character that renders alike everywhere. */
const marks = { done: '✓', failed: '✗', running: '●', waiting: '○', left: '–' } as const;

/** Two em spaces: Slack drops ordinary blanks at the beginning of a line. */
const indent = '\u2003\u2003';

const longestProgress = 110;

/** The steps of a deployment, a line each, in the order in which people read them; a running one tells how far it is. */
export function checklist(deployment: Deployment): string[] {
  // A deployment may be older than a step of today's, which it then does not have.
  const steps = stepsOf[deployment.action].filter((step) => deployment.steps[step] !== undefined);
  return steps.map((step) => stepLine(step, deployment));
}

function stepLine(step: StepName, deployment: Deployment): string {
  const record: StepRecord = deployment.steps[step] ?? { state: 'waiting', attempt: 0 };
  const title = stepTitle(step, deployment);
  const over = isTerminal(deployment.state);
  switch (record.state) {
    case 'done':
      return [`${marks.done} ${title}`, stepOutcome(step, deployment.steps, timeTaken(record))]
        .filter((part) => part !== undefined)
        .join(' · ');
    case 'failed':
      return `${marks.failed} *${title}*`;
    case 'running':
      return over ? `${marks.left} ${title}` : runningLine(title, record);
    case 'waiting':
      return `${over ? marks.left : marks.waiting} ${title}`;
  }
}

function runningLine(title: string, { startedAt, progress }: StepRecord): string {
  const since = startedAt === undefined ? '' : ` · since ${timeOfDay(startedAt)}`;
  const line = `${marks.running} *${title}*${since}`;
  return progress === undefined ? line : `${line}\n${indent}${progressText(progress)}`;
}

function progressText({ text, done, total }: StepProgress): string {
  const words = oneLine(text, longestProgress);
  const measured = bar(done, total);
  if (measured === undefined) return words;
  // "5 of 12 resources" says the figure already.
  const figure = measured.slice(measured.indexOf(' ') + 1);
  return text.includes(figure) ? `${measured.slice(0, measured.indexOf(' '))} ${words}` : `${measured} · ${words}`;
}

/** How long a finished step took; undefined when it took no time worth telling. */
function timeTaken({ startedAt, finishedAt }: StepRecord): string | undefined {
  if (startedAt === undefined || finishedAt === undefined || finishedAt - startedAt < 1000) return undefined;
  return duration(finishedAt - startedAt);
}
