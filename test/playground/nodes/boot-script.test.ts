import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseBootScript } from '../../../src/playground/nodes/boot-script.ts';
import { signedObject } from '../../support/stack-inputs.ts';

const credentials = {
  auth_url: 'http://127.0.0.1:5000/v3/v3',
  user_id: 'user-1',
  password: 'p"w',
  project_id: 'project-1',
  alarm_url: 'http://127.0.0.1:8004/v1/1/stacks/s/1/resources/h/signal',
};
const parameters = {
  cluster: 'staging',
  role: 'node',
  version: 'v1.34.2',
  release: 'v1.34.2-0123456789ab',
  objects: [signedObject(), signedObject({ kind: 'file', name: 'containerd.tar.gz' })],
  signal: JSON.stringify({ ...credentials, region_name: 'RegionOne' }),
};

async function userData(filled: string): Promise<string> {
  const script = await readFile('templates/cloud-init/boot.sh', 'utf8');
  return script.replace('@PARAMETERS@', () => filled);
}

describe('parseBootScript', () => {
  it('reads what Heat filled into the boot script', async () => {
    const parsed = parseBootScript(await userData(JSON.stringify(parameters)));

    expect(parsed).toEqual({ ...parameters, signal: credentials });
  });

  it.each(['', '#cloud-config\n{}\n', '#!/bin/sh\ntrue\n'])('leaves a server alone that boots with %j', (foreign) => {
    expect(parseBootScript(foreign)).toBeUndefined();
  });

  it.each(['@PARAMETERS@', '{}', JSON.stringify({ ...parameters, signal: 'null' })])(
    'complains about a boot script that was filled in with %j',
    async (filled) => {
      const script = await userData(filled);

      expect(() => parseBootScript(script)).toThrow();
    },
  );
});
