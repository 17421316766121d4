import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { saltSystem } from '../../templates/salt/support/system.ts';

/** Packs the Salt that the tests of the states use as Salt's onedir tarball is packed. Answers the path. */
export async function packSalt(path: string): Promise<string> {
  const folder = join(saltSystem(), 'opt/slipway');
  const rename = '--transform=s,^salt-onedir,salt,';
  await promisify(execFile)('tar', [
    '--create',
    '--gzip',
    `--file=${path}`,
    `--directory=${folder}`,
    rename,
    'salt-onedir',
  ]);
  return path;
}
