import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the stand-in for Salt does. */
export interface SaltRun {
  /** What it writes as its result; undefined for none. */
  result?: unknown;
  /** What it says on its standard error. */
  output?: string;
  status?: number;
  /** Does not end by itself. */
  hangs?: boolean;
}

/** A state as Salt's result has it, under its key. */
export function state(id: string, number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  const own = { name: id, result: true, changes: {}, comment: 'all is well', duration: 12.5 };
  return { [`test_|-${id}_|-${id}_|-nop`]: { ...own, __id__: id, __run_num__: number, __sls__: 'any', ...fields } };
}

/** In the place of salt-call. It finds what it has to do, and leaves what it saw, beside the server's root. */
export const saltCall = `#!/bin/bash
cd "$SLIPWAY_ROOT/../salt-stand-in" || exit
printf '%s\\n' "$@" >arguments
env >environment
umask >mask
printf x >>calls
cat output >&2
for argument in "$@"; do
  [[ $argument != --out-file=* || ! -e result ]] || cat result >"\${argument#*=}"
done
[[ ! -e hangs ]] || { trap '' TERM; sleep 60 & wait; wait; }
exit "$(cat status)"
`;

/** A program in the place of salt-call: it records how it was called and does what a test says. */
export class SaltStandIn {
  run: SaltRun = { result: { local: state('kubelet-service', 0, { changes: { started: true } }) } };
  readonly #directory: string;

  /** @param directory that the server's root is in. */
  constructor(directory: string) {
    this.#directory = join(directory, 'salt-stand-in');
  }

  /** Before a boot. */
  async prepare(): Promise<void> {
    const { result, output = '', status = 0, hangs = false } = this.run;
    await mkdir(this.#directory, { recursive: true });
    await this.#write('output', output);
    await this.#write('status', String(status));
    if (result !== undefined) await this.#write('result', typeof result === 'string' ? result : JSON.stringify(result));
    if (hangs) await this.#write('hangs', '');
  }

  /** What it was called with, the last time. */
  async arguments(): Promise<string[]> {
    return (await this.#read('arguments')).trimEnd().split('\n');
  }

  /** Its environment, the last time. */
  async environment(): Promise<Record<string, string>> {
    const lines = (await this.#read('environment')).split('\n');
    return Object.fromEntries(lines.map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]));
  }

  /** The rights that files of its own are without. */
  async umask(): Promise<string> {
    return (await this.#read('mask')).trim();
  }

  /** How often it was called. */
  async calls(): Promise<number> {
    return (await this.#read('calls')).length;
  }

  #read(name: string): Promise<string> {
    return readFile(join(this.#directory, name), 'utf8');
  }

  #write(name: string, content: string): Promise<void> {
    return writeFile(join(this.#directory, name), content);
  }
}
