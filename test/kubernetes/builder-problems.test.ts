import { describe, expect, it } from 'vitest';
import { type BuilderNeeds, builderProblems, defaultNeeds } from '../../src/kubernetes/builder-problems.ts';
import type { BuilderFacts } from '../../src/kubernetes/examine-builder.ts';

const engine = {
  version: '28.2.2',
  host: 'builder-1',
  memoryBytes: 16e9,
  cores: 8,
  rootDirectory: '/var/lib/docker',
  rootless: false,
};

const docker = { clientVersion: '28.2.2', endpoint: 'unix:///var/run/docker.sock', buildxVersion: '0.24.0' };

/** A machine on which everything is as it should be. */
const good: BuilderFacts = {
  host: 'builder-1',
  cores: 8,
  memoryBytes: 16e9,
  docker: { ...docker, engine },
  tar: { command: 'tar', version: '1.34' },
  make: { command: 'make', version: '4.3' },
  git: { command: 'git', version: '2.39.5' },
  rsync: { command: 'rsync', version: '3.2.7' },
  disk: { directory: '/data/builds', freeBytes: 123.45e9 },
  engineDisk: undefined,
};

function found(facts: Partial<BuilderFacts>, label: string, needs: BuilderNeeds = defaultNeeds) {
  return builderProblems({ ...good, ...facts }, needs).find((finding) => finding.label === label);
}

describe('builderProblems', () => {
  it('tells what is there when nothing is missing', () => {
    expect(builderProblems(good, defaultNeeds)).toEqual([
      { level: 'ok', label: 'Docker', text: 'client 28.2.2, engine 28.2.2, 8 cores' },
      { level: 'ok', label: 'buildx', text: '0.24.0' },
      { level: 'ok', label: 'GNU tar', text: '1.34' },
      { level: 'ok', label: 'make', text: '4.3' },
      { level: 'ok', label: 'git', text: '2.39.5' },
      { level: 'ok', label: 'rsync', text: '3.2.7' },
      { level: 'ok', label: 'Disk', text: '123.4 GB free at /data/builds' },
      { level: 'ok', label: 'Memory', text: '16 GB for Docker' },
    ]);
  });

  it('says nothing of Docker to a build that needs none', () => {
    const facts = { ...good, docker: { why: 'not installed' }, rsync: { command: 'rsync', why: 'not installed' } };

    const findings = builderProblems(facts, { ...defaultNeeds, docker: false });

    expect(findings.map(({ level, label }) => [level, label])).toEqual([
      ['ok', 'GNU tar'],
      ['ok', 'make'],
      ['ok', 'git'],
      ['ok', 'Disk'],
      ['ok', 'Memory'],
    ]);
  });
});

describe('builderProblems, of Docker', () => {
  it('says that it is not installed, once', () => {
    const findings = builderProblems({ ...good, docker: { why: 'not installed' } }, defaultNeeds);

    expect(findings.filter(({ level }) => level === 'problem')).toEqual([
      { level: 'problem', label: 'Docker', text: 'not installed', hint: expect.stringContaining('Install') },
    ]);
  });

  it('says where the daemon does not answer, and who may not ask it', () => {
    expect(found({ docker: { ...docker, why: 'permission denied' } }, 'Docker')).toEqual({
      level: 'problem',
      label: 'Docker',
      text: 'the daemon does not answer at unix:///var/run/docker.sock: permission denied',
      hint: expect.stringContaining('usermod -aG docker'),
    });
  });

  it('says how to start it where nothing listens', () => {
    const { endpoint: _, ...rest } = docker;

    expect(found({ docker: { ...rest, why: 'nothing listens there' } }, 'Docker')).toMatchObject({
      text: 'the daemon does not answer: nothing listens there',
      hint: expect.stringContaining('systemctl start docker'),
    });
  });

  it('warns of an engine on another machine, which must see the same files', () => {
    expect(found({ docker: { ...docker, engine: { ...engine, host: 'big' } } }, 'Docker')).toMatchObject({
      level: 'warning',
      text: 'client 28.2.2, engine 28.2.2 on big, 8 cores',
      hint: expect.stringContaining('/data/builds is the same folder there'),
    });
  });

  it('tells that it is rootless', () => {
    expect(found({ docker: { ...docker, engine: { ...engine, rootless: true } } }, 'Docker')?.text).toContain(
      'rootless',
    );
  });

  it('misses buildx', () => {
    const { buildxVersion: _, ...rest } = docker;

    expect(found({ docker: { ...rest, engine } }, 'buildx')).toMatchObject({
      level: 'problem',
      text: 'not installed',
      hint: expect.stringContaining('docker-buildx-plugin'),
    });
  });
});

describe('builderProblems, of programs', () => {
  it.each([
    [{ command: 'gtar', version: '1.35' }, 'ok', '1.35, as gtar'],
    [{ command: 'tar', why: 'not installed' }, 'problem', 'not installed'],
    [{ command: 'gtar', why: 'not GNU tar' }, 'problem', 'not GNU tar: gtar'],
  ])('says of the tar %j: %s, %s', (tar, level, text) => {
    expect(found({ tar }, 'GNU tar')).toMatchObject({ level, text });
  });

  it.each([
    ['2.28.4', 'problem'],
    ['1.99', 'problem'],
    ['2.29.0', 'ok'],
    ['2.39.5', 'ok'],
    ['3.0', 'ok'],
  ])('takes git %s for a %s', (version, level) => {
    expect(found({ git: { command: 'git', version } }, 'git')?.level).toBe(level);
  });

  it('says which versions of Kubernetes need rsync', () => {
    expect(found({ rsync: { command: 'rsync', why: 'not installed' } }, 'rsync')).toEqual({
      level: 'warning',
      label: 'rsync',
      text: 'not installed',
      hint: expect.stringContaining('v1.34 and earlier'),
    });
  });
});

describe('builderProblems, of rsync', () => {
  it.each([
    ['v1.34.2', 'warning'],
    ['master', 'warning'],
    ['v1.35.0', 'ok'],
    ['v1.100.0', 'ok'],
  ])('that is missing, for %s: %s', (ref, level) => {
    const rsync = { command: 'rsync', why: 'not installed' };

    expect(found({ rsync }, 'rsync', { ...defaultNeeds, ref })?.level).toBe(level);
  });
});

describe('builderProblems, of room', () => {
  it.each([
    [20e9, 'ok', '20 GB free at /data/builds'],
    [19.99e9, 'problem', '19.9 GB free at /data/builds; a build needs 20 GB'],
    [0, 'problem', '0 GB free at /data/builds; a build needs 20 GB'],
  ])('says of %d free bytes: %s, %s', (freeBytes, level, text) => {
    expect(found({ disk: { directory: '/data/builds', freeBytes } }, 'Disk')).toMatchObject({ level, text });
  });

  it('says that a disk does not answer', () => {
    expect(found({ disk: undefined }, 'Disk')).toMatchObject({ level: 'problem', text: 'it does not answer' });
  });

  it('asks half of it of the disk of the engine, where that is another one', () => {
    const engineDisk = (freeBytes: number) => ({ engineDisk: { directory: '/var/lib/docker', freeBytes } });

    expect(found(engineDisk(10e9), 'Docker’s disk')?.level).toBe('ok');
    expect(found(engineDisk(9.9e9), 'Docker’s disk')).toMatchObject({
      level: 'problem',
      text: '9.9 GB free at /var/lib/docker; a build needs 10 GB',
    });
  });

  it.each([
    // A machine of 8 GB, of 8 GiB, of 8 GiB that keeps some for a crash, of 8 GB that does.
    [7.8e9, 'ok'],
    [8.32e9, 'ok'],
    [7.95e9, 'ok'],
    [7.5e9, 'ok'],
    // A machine of 7 GB, of 4 GiB.
    [7e9, 'problem'],
    [4.1e9, 'problem'],
  ])('takes a machine that shows %d bytes of memory for %s', (memoryBytes, level) => {
    expect(found({ memoryBytes }, 'Memory')?.level).toBe(level);
  });

  it('says what too little memory ends in', () => {
    expect(found({ memoryBytes: 4.1e9 }, 'Memory')).toMatchObject({
      text: '4.1 GB for Docker; a build needs 8 GB',
      hint: expect.stringContaining('signal: killed'),
    });
  });

  it('goes by what a cluster says that it needs', () => {
    const needs = { docker: true, diskBytes: 40e9, memoryBytes: 32e9 };
    const facts = { disk: { directory: '/data/builds', freeBytes: 30e9 } };

    expect([found(facts, 'Disk', needs)?.level, found(facts, 'Memory', needs)?.level]).toEqual(['problem', 'problem']);
  });
});
