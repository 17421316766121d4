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

/** The ids in a file of states, as they stand there before Jinja puts anything in; those that a macro makes as well. */
async function stateIds(component: string): Promise<string[]> {
  const text = await readFile(join(folder, component, 'init.sls'), 'utf8');
  const plain = text.matchAll(/^([^\s#{][^:\n]*|[^\s#{][^:\n]*{{.*}}[^:\n]*):$/gm);
  return [...plain, ...text.matchAll(/applied\('([^']+)'/g)].map(([, id = '']) => id);
}

/** All that Salt renders of a component, by path: its states and their templates, and no program. */
async function rendered(component: string): Promise<Map<string, string>> {
  const entries = await readdir(join(folder, component), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
  );
  return new Map(texts.filter(([, text]) => !text.startsWith('#!')));
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
    const overview = await readFile(join(folder, 'README.md'), 'utf8');

    for (const component of await components()) {
      const readme = await readFile(join(folder, component, 'README.md'), 'utf8');

      expect(readme).toMatch(new RegExp(`^# ${component}\n`));
      expect(overview).toContain(`| \`${component}\``);
    }
  });

  it('have ids that begin with their component', async () => {
    for (const component of await components()) {
      const ids = await stateIds(component);

      expect(ids).not.toEqual([]);
      expect(ids.filter((id) => !id.startsWith(`${component}-`))).toEqual([]);
    }
  });

  it('read the pillar in one place', async () => {
    for (const component of await components()) {
      for (const [path, text] of await rendered(component)) expect(text, path).not.toMatch(/pillar/i);
    }
  });

  it('read nothing of the pillar that their README does not name', async () => {
    for (const component of await components()) {
      const readme = await readFile(join(folder, component, 'README.md'), 'utf8');
      const text = [...(await rendered(component)).values()].join('\n');
      const read = [...text.matchAll(/(?<![\w/-])(?:settings|facts|slipway)\.([a-z_]+)/g)].map(([, key = '']) => key);
      const unsaid = read.filter((key) => !new RegExp(`[\`:]${key}[\`:]`).test(readme));

      expect(unsaid, component).toEqual([]);
    }
  });

  it('run no command that could be told from its words alone to be unsafe to repeat', async () => {
    for (const component of await components()) {
      const text = await readFile(join(folder, component, 'init.sls'), 'utf8');
      const commands = text.split(/\n(?=\S)/).filter((state) => state.includes('\n  cmd.run:'));
      const careless = commands.filter((state) => !/- (unless|creates|onchanges|onlyif|stateful):/.test(state));

      // The command that reloads systemd is told by other states when to run.
      expect(careless.filter((state) => !text.includes('onchanges_in:') || !state.includes('daemon-reload'))).toEqual(
        [],
      );
    }
  });
});
