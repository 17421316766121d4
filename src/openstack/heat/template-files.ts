import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { ConfigError } from '../../errors.ts';
import { isMap, isNestedTemplate, parseHeatYaml } from './heat-yaml.ts';
import { assertWithinLimits } from './request-limits.ts';

/** A template with everything that it refers to, as POST /stacks takes it. */
export interface LoadedTemplate {
  template: object;
  /** The content of each file under its path relative to the template, with slashes. */
  files: Record<string, string>;
}

/** A file that is referred to, and by which one. */
interface Reference {
  path: string;
  from: string;
}

/**
 * Reads a template and, through `get_file` and nested `type: x.yaml`, all that it refers to, however deep. Heat sees no
 * file system: it looks a name up in `files` exactly as it is written, whatever file it is written in. So every name is
 * rewritten to the one path that counts, relative to the outermost template.
 *
 * @throws ConfigError that names the file which is missing, is no YAML or is more than Heat accepts.
 */
export async function loadTemplate(path: string): Promise<LoadedTemplate> {
  const root = resolve(path);
  const bundle = new Bundle(dirname(root));
  const template = await bundle.template({ path: root, from: 'the command' });
  const loaded = { template, files: bundle.files };
  assertWithinLimits(`The Heat template ${root} cannot be used`, loaded);
  return loaded;
}

class Bundle {
  readonly files: Record<string, string> = {};
  readonly #folder: string;
  readonly #begun = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A template with its references rewritten; what they lead to is added to the files. */
  async template(reference: Reference): Promise<object> {
    const parsed = parse(reference.path, await readText(reference));
    const rewritten = await this.#rewrite(parsed, reference.path);
    if (isMap(rewritten)) return rewritten;
    throw unusable(reference.path, 'is not a Heat template: a map with heat_template_version is expected');
  }

  async #rewrite(value: unknown, file: string): Promise<unknown> {
    if (Array.isArray(value)) return inOrder(value, (item) => this.#rewrite(item, file));
    if (!isMap(value)) return value;
    const entries = await inOrder(Object.entries(value), async ([key, inner]) => [
      key,
      await this.#rewriteEntry(key, inner, file),
    ]);
    return Object.fromEntries(entries);
  }

  #rewriteEntry(key: string, value: unknown, file: string): Promise<unknown> {
    if (typeof value !== 'string') return this.#rewrite(value, file);
    if (key === 'get_file') return this.#addText(referred(value, file));
    if (key === 'type' && isNestedTemplate(value)) return this.#addTemplate(referred(value, file));
    return Promise.resolve(value);
  }

  async #addText(reference: Reference): Promise<string> {
    const name = this.#nameOf(reference.path);
    if (this.#begin(name)) this.files[name] = await readText(reference);
    return name;
  }

  async #addTemplate(reference: Reference): Promise<string> {
    const name = this.#nameOf(reference.path);
    if (this.#begin(name)) this.files[name] = JSON.stringify(await this.template(reference));
    return name;
  }

  /** False when the file is there or on its way; a template that contains itself comes back here. */
  #begin(name: string): boolean {
    if (this.#begun.has(name)) return false;
    this.#begun.add(name);
    return true;
  }

  #nameOf(path: string): string {
    return relative(this.#folder, path).split(sep).join('/');
  }
}

/** One after another, so that the files come in the order of the templates, run after run. */
async function inOrder<In, Out>(items: readonly In[], change: (item: In) => Promise<Out>): Promise<Out[]> {
  const changed: Out[] = [];
  for (const item of items) changed.push(await change(item));
  return changed;
}

function referred(name: string, file: string): Reference {
  if (/^[a-z]+:\/\//i.test(name)) {
    throw unusable(file, `refers to ${name}; only files beside the template are sent along`);
  }
  return { path: resolve(dirname(file), name), from: file };
}

async function readText({ path, from }: Reference): Promise<string> {
  const content = await readFile(path).catch((cause: unknown) => {
    throw new ConfigError(`The Heat template cannot be read`, [`${path} is missing; ${from} refers to it`], { cause });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw unusable(path, 'is not a text; binary files cannot go into a Heat template');
  }
}

function parse(path: string, text: string): unknown {
  try {
    return parseHeatYaml(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
    throw unusable(path, `is not valid YAML: ${reason}`);
  }
}

function unusable(path: string, reason: string): ConfigError {
  return new ConfigError('The Heat template cannot be used', [`${path} ${reason}`]);
}
