import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';

const folder = 'templates/salt';

async function components(): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The names of all states that top.sls gives to anybody, by what it matches. */
async function topStates(): Promise<Record<string, string[]>> {
  const { base } = load(await readFile(join(folder, 'top.sls'), 'utf8')) as { base: Record<string, unknown[]> };
  return Object.fromEntries(
    Object.entries(base).map(([target, given]) => [target, given.filter((one) => typeof one === 'string')]),
  );
}

/** The ids in a file of states, as they stand there before Jinja puts anything in. */
async function stateIds(component: string): Promise<string[]> {
  const text = await readFile(join(folder, component, 'init.sls'), 'utf8');
  return [...text.matchAll(/^([^\s#{][^:]*|[^\s#]*{{.*}}[^:]*):$/gm)].map(([, id = '']) => id);
}

describe('the Salt states', () => {
  it('are given to servers of both roles, by the grain that the first boot writes', async () => {
    expect(Object.keys(await topStates()).sort()).toEqual(['slipway:role:control-plane', 'slipway:role:node']);
  });

  it('have a folder each, and a server gets none that is missing', async () => {
    const given = new Set(Object.values(await topStates()).flat());

    expect([...given].sort()).toEqual((await components()).sort());
  });

  it('say what they do and need', async () => {
    for (const component of await components()) {
      const readme = await readFile(join(folder, component, 'README.md'), 'utf8');

      expect(readme).toMatch(new RegExp(`^# ${component}\n`));
    }
  });

  it('have ids that begin with their component', async () => {
    for (const component of await components()) {
      const ids = await stateIds(component);

      expect(ids).not.toEqual([]);
      expect(ids.filter((id) => !id.startsWith(`${component}-`))).toEqual([]);
    }
  });

  it('read no pillar that their README does not name', async () => {
    for (const component of await components()) {
      const text = await readFile(join(folder, component, 'init.sls'), 'utf8');
      const readme = await readFile(join(folder, component, 'README.md'), 'utf8');
      const read = [...text.matchAll(/pillar\.get'\]\('([^']+)'/g)].map(([, key = '']) => key);

      expect(read.filter((key) => !readme.includes(`\`${key}\``))).toEqual([]);
      expect(read.filter((key) => !key.startsWith(`${component.replaceAll('-', '_')}:`))).toEqual([]);
    }
  });
});
