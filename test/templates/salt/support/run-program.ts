import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Exit } from './machine.ts';

const states = 'templates/salt';

/** A folder with programs of the states beside each other, as servers have them, and with others that stand in for what
 * they call. */
export interface Workshop {
  readonly folder: string;
  /** A path in the folder. */
  path(name: string): string;
  write(name: string, content: string): Promise<string>;
  read(name: string): Promise<string>;
  /** Puts a shell script on the PATH. */
  standIn(name: string, script: string): Promise<void>;
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Exit>;
  remove(): Promise<void>;
}

/** @param programs Such as "store/files/slipway-store". */
export async function newWorkshop(...programs: string[]): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-workshop-'));
  await mkdir(join(folder, 'bin'));
  for (const program of programs) await copyFile(join(states, program), join(folder, 'bin', basename(program)));
  const path = (name: string): string => join(folder, name);
  const write = async (name: string, content: string): Promise<string> => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
    return path(name);
  };
  return {
    folder,
    path,
    write,
    read: (name) => readFile(path(name), 'utf8'),
    standIn: async (name, script) => {
      await chmod(await write(`bin/${name}`, `#!/bin/sh\ncd '${folder}'\n${script}\n`), 0o755);
    },
    run: (program, args, env = {}) =>
      new Promise((resolve) => {
        const whole = {
          HOME: folder,
          SLIPWAY_RETRY_SECONDS: '0.01',
          ...env,
          PATH: `${path('bin')}:${process.env.PATH}`,
        };
        execFile(path(`bin/${program}`), args, { env: whole, timeout: 60_000 }, (error, stdout, stderr) => {
          resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
        });
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
