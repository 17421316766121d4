import { DeployError } from '../errors.ts';
import type { Plan } from './plan.ts';

/** One thing that somebody looked at before anything was made, and how it is. Plain data: it travels through Redis. */
export interface Finding {
  /** A problem stands in the way, a warning does not; what is ok tells what will be made or what is there. */
  readonly level: 'ok' | 'warning' | 'problem';
  /** What it is about, in a word or two: "Quota", "Nova". */
  readonly label: string;
  readonly text: string;
  /** What to change, as a sentence. */
  readonly hint?: string;
  /** True for what may be gone a little later without anybody changing anything. */
  readonly passing?: boolean;
}

/** How each level is marked wherever findings are shown. */
export const levelMarks = { ok: '✓', warning: '!', problem: '✗' } as const;

export function ok(label: string, text: string): Finding {
  return { level: 'ok', label, text };
}

export function warning(label: string, text: string, hint?: string): Finding {
  return { level: 'warning', label, text, ...(hint !== undefined && { hint }) };
}

export function problem(label: string, text: string, hint?: string): Finding {
  return { level: 'problem', label, text, ...(hint !== undefined && { hint }) };
}

export function problemsIn(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ level }) => level === 'problem');
}

/** What stands in the way of a deployment: everything that was found, so that it can be mended in one go. */
export class PreflightError extends DeployError {
  readonly problems: readonly Finding[];

  constructor(cluster: string, problems: readonly Finding[]) {
    const [only, ...others] = problems;
    const alone = only !== undefined && others.length === 0;
    const hint = alone ? only.hint : 'Nothing was made. Mend them all, then ask again';
    super('preflight', alone ? only.text : `${problems.length} things stand in the way of ${cluster}`, {
      ...(hint !== undefined && { hint }),
      // With one problem that stays, it would be asked in vain again.
      retryable: problems.every(({ passing }) => passing === true),
    });
    this.problems = problems;
  }
}

/** The plan that the findings make. Throws PreflightError where something stands in the way. */
export function planOf(cluster: string, findings: readonly Finding[]): Plan {
  const problems = problemsIn(findings);
  if (problems.length > 0) throw new PreflightError(cluster, problems);
  return {
    lines: findings.flatMap(({ level, label, text }) => (level === 'ok' ? [{ label, text }] : [])),
    warnings: findings.filter(({ level }) => level === 'warning').map(findingSentence),
  };
}

/** A finding with what to change, in one line. */
export function findingSentence({ text, hint }: Finding): string {
  return hint === undefined ? text : `${text}. ${hint}`;
}
