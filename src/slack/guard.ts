import { randomBytes } from 'node:crypto';
import { DeployError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Answer, Tell } from './answer.ts';
import { paragraph } from './views/blocks.ts';
import { code, oneLine } from './views/mrkdwn.ts';

/**
 * Runs what a command or a button does and tells its answer; whatever goes wrong is an answer, too. What nobody expected
 * is logged in full under a reference, which is all that Slack gets to see of it.
 */
export async function answering(work: () => Promise<Answer | undefined>, tell: Tell, log: Logger): Promise<void> {
  const answer = await work().catch((error: unknown) => explain(error, log));
  if (answer === undefined) return;
  await tell(answer).catch((error: unknown) =>
    log.error({ err: error, answer: answer.text }, 'an answer was not taken'),
  );
}

function explain(error: unknown, log: Logger): Answer {
  if (error instanceof DeployError) {
    log.warn({ err: error, code: error.code, detail: error.detail }, 'a request was answered with a problem');
    return paragraph(
      [`✗ ${oneLine(error.message, 1500)}`, ...(error.hint ? [`→ ${oneLine(error.hint, 600)}`] : [])].join('\n'),
    );
  }
  const reference = randomBytes(4).toString('hex');
  log.error({ err: error, reference }, 'a request stopped unexpectedly');
  return paragraph(
    [
      `✗ Something unexpected happened (reference ${code(reference)})`,
      '→ Try again in a minute. If it happens again, whoever runs Slipway finds the reason in its log under that reference.',
    ].join('\n'),
  );
}
