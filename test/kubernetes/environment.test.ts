import { expect, it } from 'vitest';
import { engineEnvironment, toolEnvironment, withEngine } from '../../src/kubernetes/environment.ts';

it('hands on what tools need and none of the secrets of the worker', () => {
  const env = toolEnvironment({
    PATH: '/opt/go/bin:/usr/bin',
    https_proxy: 'http://proxy.example.org:3128',
    DOCKER_HOST: 'tcp://docker.example.org:2376',
    SLACK_BOT_TOKEN: 'xoxb-secret',
    OS_PASSWORD: 'secret',
    REDIS_URL: 'redis://:secret@localhost',
    GIT_SSH_COMMAND: 'sh -c reboot',
    NODE_OPTIONS: '--inspect',
    MAKEFLAGS: '-j64',
  });

  expect(env).toMatchObject({
    PATH: '/opt/go/bin:/usr/bin',
    https_proxy: 'http://proxy.example.org:3128',
    DOCKER_HOST: 'tcp://docker.example.org:2376',
  });
  expect(JSON.stringify(env)).not.toMatch(/secret|reboot|inspect|j64/);
});

it('never lets git ask a person or run a command as a transport', () => {
  expect(toolEnvironment()).toMatchObject({
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    GIT_ALLOW_PROTOCOL: expect.not.stringContaining('ext'),
  });
});

it('changes from one engine to another without keeping anything of the first', () => {
  const here = { PATH: '/usr/bin', DOCKER_CONTEXT: 'here', DOCKER_TLS_VERIFY: '1', no_proxy: 'localhost' };
  const there = engineEnvironment({ DOCKER_HOST: 'unix:///there.sock', PATH: '/opt/bin', OS_PASSWORD: 'secret' });

  expect(withEngine(here, there)).toEqual({
    PATH: '/usr/bin',
    no_proxy: 'localhost',
    DOCKER_HOST: 'unix:///there.sock',
  });
});
