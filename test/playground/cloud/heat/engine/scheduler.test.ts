import { describe, expect, it } from 'vitest';
import { walk } from '../../../../../src/playground/cloud/heat/engine/scheduler.ts';

const never = (): boolean => false;

/** A visit that ends when it is told to, and the order in which visits begin and end. */
function visits() {
  const log: string[] = [];
  const endings = new Map<string, { succeed: () => void; fail: () => void }>();
  const visit = (name: string): Promise<void> => {
    log.push(`begin ${name}`);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => () => {
        log.push(`end ${name}`);
        settle();
      };
      endings.set(name, { succeed: end(resolve), fail: end(() => reject(new Error(name))) });
    });
  };
  return { log, visit, end: (name: string) => endings.get(name) };
}

/** Lets everything run that does not wait for anybody. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the order of resources', () => {
  it('begins what needs nothing side by side, and the rest when all that it needs is done', async () => {
    const { log, visit, end } = visits();
    const graph = new Map([
      ['server', new Set(['port', 'key'])],
      ['port', new Set<string>()],
      ['key', new Set<string>()],
    ]);

    const walked = walk(graph, visit, never);
    await quiet();
    end('key')?.succeed();
    await quiet();
    const before = [...log];
    end('port')?.succeed();
    await quiet();
    end('server')?.succeed();

    expect(await walked).toEqual(new Set(['key', 'port', 'server']));
    expect(before).toEqual(['begin port', 'begin key', 'end key']);
    expect(log.slice(3)).toEqual(['end port', 'begin server', 'end server']);
  });

  it('leaves out what needs something that failed, and goes on with what does not', async () => {
    const { log, visit, end } = visits();
    const graph = new Map([
      ['network', new Set<string>()],
      ['subnet', new Set(['network'])],
      ['container', new Set<string>()],
    ]);

    const walked = walk(graph, visit, never);
    await quiet();
    end('network')?.fail();
    end('container')?.succeed();

    expect(await walked).toEqual(new Set(['container']));
    expect(log).not.toContain('begin subnet');
  });

  it('begins nothing more once it is halted, and waits for what is under way', async () => {
    const { log, visit, end } = visits();
    const graph = new Map([
      ['first', new Set<string>()],
      ['second', new Set(['first'])],
    ]);
    let halted = false;

    const walked = walk(graph, visit, () => halted);
    await quiet();
    halted = true;
    end('first')?.succeed();

    expect(await walked).toEqual(new Set(['first']));
    expect(log).toEqual(['begin first', 'end first']);
  });
});
