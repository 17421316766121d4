import type { InspectionData, InspectionName, InspectionResults } from '../queue/jobs.ts';
import type { CommandCall } from './commands/command.ts';
import type { SlackContext } from './context.ts';
import { lookingAnswer } from './texts/inspection-answers.ts';

/** Silence that is longer than this needs an explanation. */
const quietMs = 1_500;

/**
 * More than what can follow each other: 20 s until a worker takes it on, 10 s of logging in, and twice the 30 s that Heat
 * may take for its verdict. Only a cloud that is half away takes that long, and then people read what it answered.
 */
const deadlineMs = 100_000;

/** Has a worker look at something. Throws a DeployError when none answers in time. */
export function inspected<Name extends InspectionName>(
  { producer, inspectionMs = deadlineMs }: SlackContext,
  name: Name,
  data: InspectionData[Name],
): Promise<InspectionResults[Name]> {
  return producer.inspect(name, data, inspectionMs);
}

/** Somebody who waits for an answer. */
export type Asking = Pick<CommandCall, 'user' | 'context' | 'people' | 'say'>;

/** Tells the person who waits, once, that it takes a while: a response_url takes only a few answers. */
export async function explainingSilence<Result>(
  { context, say }: Pick<Asking, 'context' | 'say'>,
  what: string,
  work: Promise<Result>,
): Promise<Result> {
  const timer = setTimeout(() => {
    say(lookingAnswer(what)).catch((error: unknown) =>
      context.log.warn({ err: error }, 'saying that it takes a while'),
    );
  }, quietMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
