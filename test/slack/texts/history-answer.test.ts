import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/clusters/audit-entry.ts';
import { verbs } from '../../../src/clusters/verbs.ts';
import { blockProblems, exceedsMessageText } from '../../../src/playground/workspace/blocks/validate-blocks.ts';
import { auditLine, outcomeLine } from '../../../src/slack/texts/audit-lines.ts';
import { historyAnswer } from '../../../src/slack/texts/history-answer.ts';
import { verbText } from '../../../src/slack/texts/verb-texts.ts';
import { deploymentOf, histories, noon } from '../support/histories.ts';

function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: noon,
    who: 'U0DEVELOPER',
    verb: 'up',
    surface: 'command',
    cluster: 'staging',
    allowed: true,
    rule: 'request',
    ...changes,
  };
}

const time = '<!date^1784116800^{date_short_pretty} at {time}|2026-07-15 12:00 UTC>';

describe('a decision in a line', () => {
  it.each<[string, Partial<AuditEntry>, string]>([
    ['allowed', {}, `✓ ${time} · <@U0DEVELOPER> · \`up staging\` · allowed: policy.request`],
    [
      'allowed by a button, for having asked',
      { surface: 'button', verb: 'deny', rule: 'requester' },
      `✓ ${time} · <@U0DEVELOPER> · \`deny staging\` by a button · allowed: they asked for it`,
    ],
    [
      'refused without a cluster',
      { allowed: false, rule: 'guest', verb: 'list', cluster: undefined as never },
      `✗ ${time} · <@U0DEVELOPER> · \`list\` · *refused*: a guest`,
    ],
  ])('is %s', (_how, changes, line) => {
    expect(auditLine(entry(changes))).toBe(line);
  });

  it('shows what is no id and no name as text', () => {
    const line = auditLine(entry({ who: '<!here>', cluster: '`<!channel>', rule: '<!everyone>\n' }));

    expect(line).toContain('`&lt;!here&gt;`');
    expect(line).toContain("`up '&lt;!channel&gt;`");
    expect(line).not.toMatch(/<!(here|channel|everyone)|\n/);
  });
});

describe('what became of a deployment, in a line', () => {
  it.each([
    ['succeeded', '✓', 'bringing up *staging* succeeded · asked for by <@U0DEVELOPER>'],
    ['failedStack', '✗', 'bringing up *staging* failed'],
    ['expired', '–', 'bringing up *staging* expired'],
    ['denied', '–', 'bringing up *staging* was denied by <@U0PLATFORM>'],
    ['cancelledDown', '–', 'tearing down *staging* was cancelled by <@U0PLATFORM>'],
  ] as const)('%s', (name, mark, text) => {
    const line = outcomeLine(deploymentOf(histories[name]));

    expect(line.startsWith(`${mark} <!date^`)).toBe(true);
    expect(line).toContain(text);
  });
});

describe('the history', () => {
  it('has decisions and outcomes by their time, and nothing of what is under way', () => {
    const denied = deploymentOf(histories.denied);

    const { blocks } = historyAnswer({
      cluster: undefined,
      decisions: [entry({ at: noon + 59_000, verb: 'deny' }), entry()],
      deployments: [denied, deploymentOf(histories.building)],
    });

    const text = JSON.stringify(blocks);
    const places = ['was denied', '`deny staging`', '`up staging`'].map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text.match(/asked for by/g)).toHaveLength(1);
  });

  it('fits into a message that Slack takes, with how much is left out', () => {
    const decisions = Array.from({ length: 29 }, () => entry({ cluster: 'x'.repeat(30), who: 'U0123456789A' }));

    const { blocks } = historyAnswer({ cluster: 'staging', decisions, deployments: [] });

    expect(blockProblems(blocks)).toEqual([]);
    expect(exceedsMessageText(blocks)).toBe(false);
    expect(JSON.stringify(blocks)).toContain('and 14 more');
  });

  it('leaves out looks that were allowed', () => {
    const decisions = [entry({ verb: 'pods' }), entry({ verb: 'list', allowed: false, rule: 'bot' })];

    const text = JSON.stringify(historyAnswer({ cluster: undefined, decisions, deployments: [] }).blocks);

    expect(text).toContain('list staging');
    expect(text).not.toContain('pods staging');
  });
});

describe('what a verb does, in words', () => {
  it.each(verbs)('%s, with a cluster and without', (verb) => {
    expect(verbText(verb, 'staging')).toMatch(/^[a-z]+ [a-z ]+$/);
    expect(verbText(verb, undefined)).toMatch(/^[a-z]+ [a-z ]+$/);
    expect(verbText(verb, undefined)).not.toContain('staging');
  });
});
