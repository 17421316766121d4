import { describe, expect, it } from 'vitest';
import { nearRefs, noSuchRef } from '../../src/kubernetes/near-refs.ts';

/** The newest first, as they are listed. */
const names = [
  'v1.35.0-alpha.1',
  'v1.34.3',
  'v1.34.2',
  'v1.34.1',
  'v1.34.0',
  'v1.34.0-rc.1',
  'v1.24.2',
  'release-1.35',
  'release-1.34',
  'master',
  'feature/in-place-resize',
];

describe('nearRefs', () => {
  it.each([
    ['1.34.2', ['v1.34.2']],
    ['V1.34.2', ['v1.34.2']],
    ['v1.34.22', ['v1.34.2']],
    ['v1.34.9', ['v1.34.3', 'v1.34.2', 'v1.34.1']],
    ['v1.34', ['release-1.34', 'v1.34.3', 'v1.34.2']],
    ['release-1.36', ['release-1.35', 'release-1.34']],
    ['mastre', ['master']],
    ['main', []],
    ['origin/master', ['master']],
    ['feature/in-place-resizes', ['feature/in-place-resize']],
    ['v2.7.18', []],
    ['pull/123/head', ['pr/123']],
    ['merge-requests/9', ['pr/9']],
  ])('takes %s for a mistake for %j', (ref, near) => {
    expect(nearRefs(ref, names).slice(0, near.length || undefined)).toEqual(near);
  });

  it('names three at most, each once', () => {
    expect(nearRefs('v1.34', [...names, ...names])).toHaveLength(3);
  });
});

describe('noSuchRef', () => {
  it('asks whether another name was meant', () => {
    expect(noSuchRef('1.34.2', names).message).toBe(
      'The repository has no tag, branch or commit 1.34.2. Did you mean v1.34.2?',
    );
  });

  it('says what names look like when none is near', () => {
    const error = noSuchRef('main', names);

    expect(error.message).toBe('The repository has no tag, branch or commit main');
    expect(error.hint).toContain('v1.34.2');
  });

  it('asks for the whole hash where only the beginning was written', () => {
    expect(noSuchRef('abcdef1', names).hint).toContain('all 40 digits');
  });

  it('says what helps with a commit that no branch leads to', () => {
    expect(noSuchRef('a'.repeat(40), names).hint).toContain('push one');
  });

  it('speaks of the pull request by its number', () => {
    expect(noSuchRef('pr/99', names).message).toBe('The repository has no pull request 99');
  });
});
