import { describe, expect, it } from 'vitest';
import { everyPage } from '../../../src/kubernetes/api/every-page.ts';

describe('everyPage', () => {
  it('asks for page after page, each from where the last one ended', async () => {
    const pages: Record<string, { items: number[]; metadata: { _continue?: string } }> = {
      '': { items: [1, 2], metadata: { _continue: 'a' } },
      a: { items: [3, 4], metadata: { _continue: 'b' } },
      b: { items: [5], metadata: {} },
    };
    const asked: unknown[] = [];

    const items = await everyPage(async (page) => {
      asked.push(page);
      return pages[page._continue ?? ''] ?? { items: [] };
    }, 2);

    expect(items).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([{ limit: 2 }, { limit: 2, _continue: 'a' }, { limit: 2, _continue: 'b' }]);
  });

  it.each([{ items: [1] }, { items: [1], metadata: { _continue: '' } }])('is content with %j', async (page) => {
    expect(await everyPage(() => Promise.resolve(page))).toEqual([1]);
  });
});
