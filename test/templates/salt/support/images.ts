import { writeFile } from 'node:fs/promises';
import { ustar } from '../../../../jobs/release/ustar.ts';

/** An archive as `docker save` makes one, with nothing in it but names. */
export async function writeImageArchive(path: string, ...names: string[]): Promise<void> {
  const manifest = [{ Config: 'config.json', RepoTags: names, Layers: [] }];
  const content = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  await writeFile(
    path,
    ustar([
      { path: 'config.json', kind: 'file', executable: false, content: content({}) },
      { path: 'manifest.json', kind: 'file', executable: false, content: content(manifest) },
    ]),
  );
}
