import { describe, expect, it } from 'vitest';
import { ok, PreflightError, planOf, problem, warning } from '../../src/clusters/finding.ts';

function errorOf(...findings: Parameters<typeof planOf>[1]): PreflightError {
  try {
    planOf('staging', findings);
  } catch (error) {
    if (error instanceof PreflightError) return error;
    throw error;
  }
  throw new Error('there is a plan');
}

describe('findings', () => {
  it('make a plan of what is there, and warnings of what an approver should know', () => {
    const plan = planOf('staging', [ok('Image', 'debian-12'), warning('Quota', 'Little is left', 'Ask for more')]);

    expect(plan).toEqual({
      lines: [{ label: 'Image', text: 'debian-12' }],
      warnings: ['Little is left. Ask for more'],
    });
  });

  it('are an error in the words of the one thing that stands in the way', () => {
    expect(
      errorOf(ok('Image', 'debian-12'), problem('Flavor', 'The cloud has no flavor huge', 'Choose one of: m1')),
    ).toMatchObject({
      code: 'preflight',
      message: 'The cloud has no flavor huge',
      hint: 'Choose one of: m1',
      retryable: false,
    });
  });

  it('are an error with all of several things', () => {
    const error = errorOf(problem('Flavor', 'one'), problem('Network', 'two'), warning('Quota', 'three'));

    expect(error.message).toBe('2 things stand in the way of staging');
    expect(error.problems.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('are worth another try only when nothing has to be changed by somebody', () => {
    const passing = { ...problem('Nova', 'Nova did not answer'), passing: true };

    expect(errorOf(passing).retryable).toBe(true);
    expect(errorOf(passing, problem('Flavor', 'none')).retryable).toBe(false);
  });
});
