import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootStage, extra, salt, server, states } from './boot-stage.ts';
import { state } from './salt-stand-in.ts';

let stage: BootStage;

beforeEach(async () => {
  stage = await BootStage.open();
});
afterEach(() => stage.close());

describe('a first boot that is run again', () => {
  it('keeps the release that is there, and applies its states with what it is told now', async () => {
    await stage.boot();

    const { failed, log } = await stage.boot({ index: '7', store: { report_put: 'https://x/@HOST@' } });

    expect(failed).toBe(false);
    expect(log).toContain(`the release is in ${stage.home()} already`);
    expect(stage.cloud.downloads).toEqual([server, states, salt]);
    expect(await stage.salt.calls()).toBe(2);
    expect(await readFile(stage.home('pillar/slipway.sls'), 'utf8')).toContain('"index": "7"');
    expect(Object.keys(JSON.parse(await readFile(stage.home('etc/store.json'), 'utf8')))).toEqual(['report_put']);
    expect(stage.cloud.signals.map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('works, though Heat has long stopped waiting', async () => {
    await stage.boot();
    stage.cloud.heatAnswers.push(...Array(10).fill(404));

    const { failed, log } = await stage.boot();

    expect(failed).toBe(false);
    expect(log).toContain('Heat could not be told of the success');
  });

  it('makes good what failed the first time', async () => {
    const { run } = stage.salt;
    stage.salt.run = { status: 2, result: { local: state('a-state', 0, { result: false }) } };
    await stage.boot();
    stage.salt.run = run;

    const { failed } = await stage.boot();

    expect(failed).toBe(false);
    expect(stage.cloud.downloads).toEqual([server, states, salt]);
    expect(stage.cloud.signals.map(({ status }) => status)).toEqual(['FAILURE', 'SUCCESS']);
  });

  it('leaves the release alone that is there when another one cannot be fetched', async () => {
    await stage.boot();
    stage.cloud.objects.set(extra, Buffer.from('as it is'));
    stage.cloud.swiftAnswers.push(403);

    const { failed } = await stage.boot();

    expect(failed).toBe(true);
    expect(await readFile(stage.home('salt-onedir/salt-call'), 'utf8')).toMatch(/^#!/);
    expect(await readFile(stage.home('etc/objects'), 'utf8')).not.toContain(extra);
  });

  it('does nothing while another is under way', async () => {
    await stage.boot();

    const lock = stage.path('var/lib/slipway/lock');
    const { failed, output } = await stage.boot({}, { under: ['flock', lock, 'bash'] });

    expect(failed).toBe(true);
    expect(output).toContain('another first boot is under way');
    expect(await stage.salt.calls()).toBe(1);
    expect(stage.cloud.signals).toHaveLength(1);
  });
});
