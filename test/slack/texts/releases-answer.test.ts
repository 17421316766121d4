import { describe, expect, it } from 'vitest';
import type { StoredRelease } from '../../../src/clusters/stored-release.ts';
import { blockProblems, exceedsMessageText } from '../../../src/playground/workspace/blocks/validate-blocks.ts';
import { releasesAnswer } from '../../../src/slack/texts/releases-answer.ts';

const now = Date.UTC(2026, 6, 15, 12);
const day = 24 * 3_600_000;

const built: StoredRelease = {
  id: '0123456789ab-linux-amd64-0123456789ab',
  version: 'v1.34.2',
  commit: '0123456789abcdef0123456789abcdef01234567',
  platform: 'linux/amd64',
  bytes: 345e6,
  madeAt: now - 3 * day,
  usedAt: now - day,
  usedBy: ['staging'],
};
const { commit: _, ...official } = { ...built, usedBy: [], goesAt: now + 12.5 * day };

function textOf(...releases: StoredRelease[]): string {
  return JSON.stringify(releasesAnswer([{ cloud: 'mycloud', releases }], now).blocks);
}

describe('the answer to /k8s releases', () => {
  it('is a table with size, age and users, and when what nobody uses goes', () => {
    const [, table] = releasesAnswer([{ cloud: 'mycloud', releases: [built, official] }], now).blocks;

    expect(table).toMatchObject({
      text: {
        text: [
          '```',
          'VERSION  COMMIT        SIZE    AGE     USED BY',
          'v1.34.2  0123456789ab  345 MB  3 days  staging',
          'v1.34.2  official      345 MB  3 days  unused; goes in 12 days',
          '```',
        ].join('\n'),
      },
    });
  });

  it('is headed by the cloud, with how much it is together', () => {
    expect(releasesAnswer([{ cloud: 'mycloud', releases: [built, built, built] }], now).text).toBe(
      'mycloud · 3 releases, 1.0 GB',
    );
  });

  it.each<[string, Partial<StoredRelease>, string]>([
    ['many users', { usedBy: ['a', 'b', 'c', 'd', 'e'] }, 'a, b, c and 2 more'],
    ['an overdue one', { usedBy: [], goesAt: now - 1 }, 'unused; goes soon'],
    ['one that stays', { usedBy: [] }, '  unused'],
    ['another platform', { platform: 'linux/arm64' }, 'v1.34.2 linux/arm64  0123456789ab'],
    ['one that is new', { madeAt: now - 5 * 60_000 }, '345 MB  5 min'],
  ])('tells of %s', (_, more, expected) => {
    expect(textOf({ ...built, ...more })).toContain(expected);
  });

  it('cuts a long list, and says how many are missing', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ ...built, version: `v1.${index}.0+${'x'.repeat(50)}` }));

    expect(textOf(...many)).toMatch(/```\\nand \d\d more/);
  });

  it('says what to do where nothing is kept, nothing is known, or no cloud is used', () => {
    const problem = { text: 'No worker serves the queue cloud', hint: 'Start one' };

    expect(textOf()).toContain('mycloud · no releases');
    expect(textOf()).toContain('The first `/k8s up CLUSTER` makes a release');
    expect(JSON.stringify(releasesAnswer([{ cloud: 'mycloud', releases: [], problem }], now))).toContain(
      '✗ No worker serves the queue cloud\\n→ Start one',
    );
    expect(releasesAnswer([], now).text).toContain('clusters.yaml uses no cloud yet');
  });

  it.each([1, 9, 30])('is one that Slack takes with %i clouds, whatever the names are', (clouds) => {
    const long = '<!channel> ``` & '.repeat(40);
    const release = { ...built, version: long, commit: long, usedBy: Array.from({ length: 30 }, () => long) };
    const releases = Array.from({ length: 80 }, () => release);

    const { text, blocks } = releasesAnswer(
      Array.from({ length: clouds }, () => ({ cloud: long, releases })),
      now,
    );

    expect(blockProblems(blocks)).toEqual([]);
    expect(exceedsMessageText(blocks)).toBe(false);
    expect(text.length).toBeLessThan(3_000);
    expect(JSON.stringify(blocks.filter(({ type }) => type === 'section'))).not.toContain('<!channel>');
  });
});
