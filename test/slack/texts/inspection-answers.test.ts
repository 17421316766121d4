import { describe, expect, it } from 'vitest';
import { ok, problem, warning } from '../../../src/clusters/finding.ts';
import { blockProblems, exceedsMessageText } from '../../../src/playground/workspace/blocks/validate-blocks.ts';
import { doctorAnswer, planAnswer } from '../../../src/slack/texts/inspection-answers.ts';

const long = '<!channel> & '.repeat(100);
const manyFindings = Array.from({ length: 60 }, (_, index) => problem(`${index} ${long}`, long, long));

describe('the answers to questions', () => {
  it.each([
    ['a plan', planAnswer('staging', manyFindings)],
    ['one cloud', doctorAnswer([{ name: long, findings: manyFindings }])],
    ['many clouds', doctorAnswer(Array.from({ length: 24 }, () => ({ name: long, findings: manyFindings })))],
    ['no cloud', doctorAnswer([])],
    ['a cloud of which nothing is known', doctorAnswer([{ name: 'a', findings: [] }])],
  ])('are ones that Slack takes, however much there is to tell of %s', (_, { text, blocks }) => {
    expect(blockProblems(blocks)).toEqual([]);
    expect(exceedsMessageText(blocks)).toBe(false);
    expect(text.length).toBeLessThan(3000);
    expect(JSON.stringify(blocks.filter(({ type }) => type === 'section'))).not.toContain('<!channel>');
  });

  it('tell of build workers after the clouds, a few of many', () => {
    const builders = Array.from({ length: 8 }, (_, index) => ({
      name: `builder host${index}`,
      findings: manyFindings,
    }));

    const { text, blocks } = doctorAnswer([{ name: 'mycloud', findings: [ok('Nova', 'well')] }], builders);

    expect(blockProblems(blocks)).toEqual([]);
    expect(exceedsMessageText(blocks)).toBe(false);
    expect(text).toMatch(/^mycloud: nothing to mend; builder host0: 60 problems/);
    expect(JSON.stringify(blocks)).toContain('and 3 more build workers');
  });

  it('say how many clouds are not shown', () => {
    const clouds = Array.from({ length: 24 }, (_, index) => ({ name: `c${index}`, findings: [ok('Nova', 'well')] }));

    expect(JSON.stringify(doctorAnswer(clouds).blocks)).toContain('and 14 more');
  });

  it('head each cloud with how it is', () => {
    const findings = [problem('Heat', 'is away'), warning('Clock', 'is late'), warning('Quota', 'is used up')];

    expect(doctorAnswer([{ name: 'mycloud', findings }]).text).toBe('mycloud: 1 problem and 2 warnings');
  });

  it('put what stands in the way before what is well', () => {
    const { blocks } = planAnswer('staging', [ok('Image', 'debian'), problem('Flavor', 'none')]);

    expect(JSON.stringify(blocks)).toContain('✗ none\\n*Image* · debian');
  });

  it('put what an approver should know before what is well', () => {
    const { blocks } = planAnswer('staging', [
      ok('Image', 'debian'),
      warning('Network', 'It overlaps', 'Choose another'),
    ]);

    expect(JSON.stringify(blocks)).toContain('*Note* · It overlaps. Choose another\\n*Image* · debian');
  });

  it('do not call impossible what may pass', () => {
    const away = { ...problem('Heat', 'is away'), passing: true };

    const passing = planAnswer('staging', [away]);
    const lasting = planAnswer('staging', [away, problem('Flavor', 'none')]);

    expect(passing.text).toBe('staging · cannot be planned now');
    expect(JSON.stringify(passing.blocks)).toContain('`/k8s plan staging` asks again');
    expect(lasting.text).toBe('staging · cannot be brought up');
  });

  it('call a cloud by what there is to mend', () => {
    expect(doctorAnswer([{ name: 'mycloud', findings: [ok('Nova', 'well')] }]).text).toBe('mycloud: nothing to mend');
  });
});
