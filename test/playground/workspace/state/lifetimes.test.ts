import { describe, expect, it } from 'vitest';
import { createTimestamps } from '../../../../src/playground/workspace/state/ids.ts';
import { createResponseUrls } from '../../../../src/playground/workspace/state/response-urls.ts';
import { createTriggers } from '../../../../src/playground/workspace/state/triggers.ts';

const target = { channel: 'C0DEPLOYS', userId: 'U0DEVELOPER' };

describe('a trigger id', () => {
  it('is good for one modal', () => {
    const triggers = createTriggers(() => 0);
    const id = triggers.issue('U1');

    expect(triggers.exchange(id)).toMatchObject({ ok: true, userId: 'U1' });
    expect(triggers.exchange(id)).toEqual({ ok: false, error: 'exchanged_trigger_id' });
  });

  it('expires after three seconds', () => {
    let now = 0;
    const triggers = createTriggers(() => now);
    const id = triggers.issue('U1');

    now = 3001;

    expect(triggers.exchange(id)).toEqual({ ok: false, error: 'expired_trigger_id' });
  });

  it('cannot be made up', () => {
    const triggers = createTriggers(() => 0);

    expect(triggers.exchange('1.2.3')).toEqual({ ok: false, error: 'invalid_trigger_id' });
  });
});

describe('a response url', () => {
  it('works five times', () => {
    const urls = createResponseUrls(
      () => '',
      () => 0,
    );
    const url = urls.issue(target);

    const uses = Array.from({ length: 6 }, () => urls.use(url));

    expect(uses).toEqual([target, target, target, target, target, undefined]);
  });

  it('works for half an hour', () => {
    let now = 0;
    const urls = createResponseUrls(
      () => '',
      () => now,
    );
    const url = urls.issue(target);

    now = 30 * 60_000;
    const onTime = urls.use(url);
    now += 1;
    const late = urls.use(url);

    expect([onTime, late]).toEqual([target, undefined]);
  });
});

describe('message timestamps', () => {
  it('grow even while the clock stands still', () => {
    const next = createTimestamps(() => 1_700_000_000_000);

    expect([next(), next()]).toEqual(['1700000000.000000', '1700000000.000001']);
  });
});
