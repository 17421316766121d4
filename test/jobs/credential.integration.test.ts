import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credential } from '../../jobs/credential.ts';
import type { Run } from '../../jobs/run.ts';
import { clusterContainer, clusterObjects, credentialName } from '../../src/clusters/names.ts';
import { type StackLabel, stackLabel } from '../../src/clusters/stack.ts';
import { silentLogger } from '../../src/log.ts';
import { createStack } from '../../src/openstack/heat/stacks.ts';
import {
  createApplicationCredential,
  listApplicationCredentials,
} from '../../src/openstack/keystone/application-credentials.ts';
import { listNetworks } from '../../src/openstack/neutron/networks.ts';
import { connect, type OpenStack } from '../../src/openstack/openstack.ts';
import { findContainer } from '../../src/openstack/swift/containers.ts';
import { findObject, findObjectText, listObjects, putObject } from '../../src/openstack/swift/objects.ts';
import { Secret } from '../../src/secret.ts';
import { settled } from '../contracts/heat-stack.ts';
import { death, dyingAfter } from './dying.ts';
import { openStackStage, RecordingStep, readyForStack, type StackStage } from './stack-stage.ts';

const container = clusterContainer('staging');
const deployment = readyForStack();
const { cloudConfig } = clusterObjects(deployment.id);
const name = credentialName(deployment.id);

describe('the step credential', () => {
  let stage: StackStage;
  let step: RecordingStep;
  let opened: OpenStack[];

  beforeEach(async () => {
    stage = await openStackStage();
    step = new RecordingStep();
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((openstack) => openstack.close()));
    await stage.close();
  });

  function run(changes: Partial<Run> = {}): Run {
    return { ...stage.runOf(deployment, step, ''), ...changes };
  }

  async function credentials(): Promise<string[]> {
    return (await listApplicationCredentials(stage.direct.keystone)).map((one) => one.name).sort();
  }

  async function written(): Promise<Record<string, string>> {
    const text = await findObjectText(stage.direct.swift, container, cloudConfig);
    return JSON.parse(text ?? '{}').sections?.Global ?? {};
  }

  /** Logs in as the cluster's controllers would. */
  function asController(global: Record<string, string>): OpenStack {
    const secret = new Secret(global['application-credential-secret'] ?? '');
    return connectWith({ id: global['application-credential-id'] ?? '', secret });
  }

  function connectWith({ id, secret }: { id: string; secret: Secret }): OpenStack {
    const credentials = { kind: 'application-credential', credential: { id }, secret } as const;
    const openstack = connect({ ...stage.direct.cloud, credentials }, { log: silentLogger() });
    opened.push(openstack);
    return openstack;
  }

  async function put(object: string): Promise<void> {
    await putObject(stage.direct.swift, { container, object, size: 1, content: () => Readable.from(['x']) });
  }

  it('makes a restricted credential, and puts its secret where the control planes find it', async () => {
    const result = await credential(run());

    const [made] = await listApplicationCredentials(stage.direct.keystone);
    expect(result).toEqual({ container, kind: 'application-credential', id: made?.id });
    expect(made).toMatchObject({ name, unrestricted: false, description: expect.stringContaining('staging') });
    const [external] = await listNetworks(stage.direct.neutron, { name: 'gateway' });
    const text = await findObjectText(stage.direct.swift, container, cloudConfig);
    expect(JSON.parse(text ?? '')).toEqual({
      sections: {
        Global: {
          'auth-url': expect.stringMatching(/^http:.*\/v3$/),
          region: expect.any(String),
          'application-credential-id': made?.id,
          'application-credential-secret': expect.any(String),
        },
        LoadBalancer: {
          enabled: String(await stage.direct.offers('octavia')),
          'floating-network-id': external?.id,
          'manage-security-groups': 'true',
        },
      },
    });
    expect(await findObject(stage.direct.swift, container, cloudConfig)).toMatchObject({
      contentType: 'application/json',
    });
    expect((await findContainer(stage.direct.swift, container))?.readAcl ?? '').toBe('');
    const controller = asController(await written());
    expect(await controller.projectId()).toBe(await stage.direct.projectId());
    await expect(createApplicationCredential(controller.keystone, { name: 'more' })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('leaves what it has made when it runs again', async () => {
    const first = await credential(run());
    const before = await written();

    const second = await credential(run());

    expect(second).toEqual(first);
    expect(await written()).toEqual(before);
    expect(await credentials()).toEqual([name]);
  });

  it('ends alike after a death between any two calls, with one credential whose secret is known', async () => {
    const whole = dyingAfter(stage.direct, Number.POSITIVE_INFINITY);
    await credential(run({ openstack: whole }));
    const deaths = Array.from({ length: whole.calls }, (_, calls) => calls);
    expect(deaths.length).toBeGreaterThan(5);

    for (const calls of deaths) {
      await removeAll();
      await expect(credential(run({ openstack: dyingAfter(stage.direct, calls) }))).rejects.toBe(death);

      const result = await credential(run());

      const global = await written();
      expect(result).toEqual({ container, kind: 'application-credential', id: global['application-credential-id'] });
      expect(await credentials()).toEqual([name]);
      expect(await asController(global).projectId()).toBe(await stage.direct.projectId());
    }
  });

  async function removeAll(): Promise<void> {
    const { keystone, swift } = stage.direct;
    for (const { id } of await listApplicationCredentials(keystone)) {
      const path = ['users', await stage.direct.userId(), 'application_credentials', id];
      await keystone.delete(path, { doing: 'Revoking', ok: [204] });
    }
    for (const { name: object } of await listObjects(swift, container)) {
      await swift.delete([container, ...object.split('/')], { doing: 'Removing', ok: [204] });
    }
  }

  it('makes another credential when the document was damaged or lost', async () => {
    await credential(run());
    const before = await written();
    await put(cloudConfig);

    await credential(run());

    const after = await written();
    expect(after['application-credential-id']).not.toBe(before['application-credential-id']);
    expect(await asController(after).projectId()).toBe(await stage.direct.projectId());
    await expect(asController(before).projectId()).rejects.toMatchObject({ status: 404 });
  });

  it('replaces one that an earlier request has made late', async () => {
    let checkpoints = 0;
    step.checkpoint = async () => {
      checkpoints += 1;
      if (checkpoints === 2) await createApplicationCredential(stage.direct.keystone, { name });
    };

    await credential(run());

    expect(stage.proxy.count('identity', 'POST', /application_credentials$/)).toBe(2);

    expect(await credentials()).toEqual([name]);
    expect(await asController(await written()).projectId()).toBe(await stage.direct.projectId());
  });

  describe('where an earlier deployment has left something', () => {
    beforeEach(async () => {
      for (const object of ['staging-0/admin.conf', 'staging-0/logs/a.log', 'staging-eu-0/report.json', 'notes.txt']) {
        await put(object);
      }
      for (const one of ['slipway-staging-0', 'slipway-staging-eu-0', 'other']) {
        await createApplicationCredential(stage.direct.keystone, { name: one });
      }
    });

    it('removes what nobody needs any more, and nothing of others', async () => {
      await credential(run());

      const left = (await listObjects(stage.direct.swift, container)).map((one) => one.name);
      expect(left.sort()).toEqual(['notes.txt', cloudConfig, 'staging-eu-0/report.json']);
      expect(await credentials()).toEqual(['other', name, 'slipway-staging-eu-0'].sort());
    });

    it.each([
      ['of that deployment', stackLabel({ ...deployment, id: 'staging-0' }, 'v1.34.2')],
      ['that does not say whose it is', undefined],
    ])('keeps all that a stack may need: one %s', async (_which, label) => {
      await makeStack(label);

      await credential(run());

      const left = (await listObjects(stage.direct.swift, container)).map((one) => one.name);
      expect(left).toEqual(expect.arrayContaining(['staging-0/admin.conf', 'staging-0/logs/a.log', cloudConfig]));
      expect(await credentials()).toContain('slipway-staging-0');
    });
  });

  async function makeStack(label: StackLabel | undefined): Promise<void> {
    const template = { heat_template_version: '2021-04-16', parameters: { slipway: { type: 'json', default: {} } } };
    const parameters = label === undefined ? {} : { slipway: label };
    await settled(
      stage.direct.heat,
      await createStack(stage.direct.heat, { name: 'slipway-staging', template, parameters }),
    );
  }

  it('makes a container alone for a cluster without controllers', async () => {
    const spec = { ...deployment.spec, cloudProvider: { controller: false, volumes: false, storageClass: false } };

    const result = await credential(run({ deployment: { ...deployment, spec } }));

    expect(result).toEqual({ container, kind: 'none' });
    expect(await findContainer(stage.direct.swift, container)).toBeDefined();
    expect(await credentials()).toEqual([]);
    expect(await listObjects(stage.direct.swift, container)).toEqual([]);
  });

  describe('where Keystone refuses an application credential', () => {
    let restricted: OpenStack;

    beforeEach(async () => {
      restricted = connectWith(await createApplicationCredential(stage.direct.keystone, { name: 'restricted' }));
    });

    it('gives the password that clouds.yaml has', async () => {
      const { cloud } = stage.direct;

      const result = await credential(run({ openstack: { ...restricted, cloud } }));
      const again = await credential(run({ openstack: { ...restricted, cloud } }));

      expect(result).toEqual({ container, kind: 'password' });
      expect(again).toEqual(result);
      const { credentials: own } = cloud;
      expect(await written()).toMatchObject({
        username: 'demo',
        password: own.kind === 'password' ? own.password.reveal() : '',
        'tenant-id': await stage.direct.projectId(),
      });
    });

    it('says what to do where there is none', async () => {
      await expect(credential(run({ openstack: restricted }))).rejects.toMatchObject({
        code: 'credential_refused',
        message: expect.stringMatching(/^The controllers of staging need an application credential .*not allowed/),
        hint: expect.stringMatching(
          /user name and a password, or an unrestricted .*; or switch cloudProvider.controller off/,
        ),
        retryable: false,
      });
    });
  });

  it('says which network is missing', async () => {
    const spec = { ...deployment.spec, network: { ...deployment.spec.network, external: 'nowhere' } };

    await expect(credential(run({ deployment: { ...deployment, spec } }))).rejects.toMatchObject({
      message: 'There is no external network nowhere',
    });
    expect(await credentials()).toEqual([]);
  });

  it('tells the secret to nobody else', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });

    const result = await credential(run({ log }));

    const secret = (await written())['application-credential-secret'] ?? '';
    expect(secret.length).toBeGreaterThan(20);
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify([result, step.told, step.events, step.marker, lines])).not.toContain(secret);
  });
});
