import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootStage } from './boot-stage.ts';
import { state } from './salt-stand-in.ts';

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
  stage.salt.run = { status: 2, result: { local: state('a-state', 0, { result: false, comment: 'no' }) } };
});
afterEach(() => stage.close());

describe('the log of a first boot that does not work', () => {
  it('is in Swift before Heat hears of the failure', async () => {
    const reason = await stage.failedBoot();

    expect(reason).toBe('state a-state: no');
    expect(stage.cloud.calls.filter((call) => call !== 'Swift GET')).toEqual(['Swift PUT', 'Keystone', 'Heat']);
  });

  it('goes there for failures before the states, too', async () => {
    stage.cloud.swiftAnswers.push(403);

    await stage.failedBoot();

    expect([...stage.cloud.logs.values()]).toEqual([expect.stringContaining('the signed URL may have expired')]);
  });

  it('is uploaded again when Swift is out of breath', async () => {
    stage.cloud.logAnswers.push(503, 500);

    await stage.failedBoot();

    expect(stage.cloud.logs.size).toBe(1);
  });

  it('may be refused, which keeps nobody from telling Heat', async () => {
    stage.cloud.logAnswers.push(...Array(10).fill(401));

    const reason = await stage.failedBoot();

    expect(reason).toBe('state a-state: no');
    expect(stage.cloud.calls.filter((call) => call === 'Swift PUT')).toHaveLength(3);
  });

  it.each([
    ['no place', {}],
    ['no place at all', undefined],
    ['an odd place', { log_put: 'http://x/"\noutput = "/etc/passwd' }],
  ])('may have %s to go to, which keeps nobody from telling Heat', async (_what, store) => {
    const reason = await stage.failedBoot({ store });

    expect(reason).toBe('state a-state: no');
    expect(stage.cloud.calls).not.toContain('Swift PUT');
  });

  it('is cut at its beginning when it is long', async () => {
    await mkdir(stage.path('var/log'), { recursive: true });
    await writeFile(stage.path('var/log/slipway-boot.log'), 'an earlier boot\n'.repeat(30_000));

    const { log } = await stage.boot();

    const [uploaded = ''] = stage.cloud.logs.values();
    expect(Buffer.byteLength(uploaded)).toBe(256 * 1024);
    expect(uploaded).toMatch(/stopping: state a-state: no\n$/);
    expect(log).toContain(uploaded);
  });
});
