import { describe, expect, it } from 'vitest';
import { failureOf } from '../../jobs/failures.ts';
import { BuildFailedError, DeployError } from '../../src/errors.ts';

describe('the failure that people are told of', () => {
  it('has the words of an error that was raised on purpose', () => {
    const error = new DeployError('image_missing', 'Glance has no image', {
      hint: 'Correct the id',
      detail: { url: 'u' },
    });

    expect(failureOf(error, 'job-1')).toEqual({
      code: 'image_missing',
      message: 'Glance has no image',
      hint: 'Correct the id',
    });
  });

  it('names the job of an error that nobody expected, and nothing of what it says', () => {
    const failure = failureOf(new Error('connect ECONNREFUSED 10.0.0.1:5000'), 'job-1');

    expect(failure).toMatchObject({ code: 'unexpected', message: 'Something unexpected happened (job job-1)' });
    expect(JSON.stringify(failure)).not.toContain('10.0.0.1');
  });

  it('has what a program said, clean and not too much of it', () => {
    const many = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const red = String.fromCharCode(27);
    const lines = [...many, `${red}[31mred\u202e`, '   ', 'x'.repeat(1_000)];

    const failure = failureOf(new BuildFailedError('Building Kubernetes v1.34.2', { excerpt: lines }), 'job-1');

    expect(failure.lines).toHaveLength(12);
    expect(failure.lines?.slice(-3)).toEqual(['line 29', ' [31mred', 'x'.repeat(300)]);
  });

  it('has no lines but those that were chosen for people', () => {
    const error = new DeployError('process', 'git is not installed', { detail: { lines: ['password=1'] } });

    expect(failureOf(error, 'job-1')).not.toHaveProperty('lines');
    expect(failureOf(new BuildFailedError('Building', { excerpt: [' '] }), 'job-1')).not.toHaveProperty('lines');
  });
});
