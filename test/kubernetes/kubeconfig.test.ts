import { inspect } from 'node:util';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { DeployError } from '../../src/errors.ts';
import { atServer, type Kubeconfig, kubeconfigText, parseKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { CertificateAuthority } from '../../src/playground/nodes/certificate-authority.ts';
import { Secret } from '../../src/secret.ts';

const authority = new CertificateAuthority();
const admin = authority.issueClient({ user: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] });
const stranger = authority.issueClient({ user: 'somebody', groups: [] });

/** As kubeadm writes it. */
function adminConf() {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': 'kubernetes-admin@kubernetes',
    contexts: [{ name: 'kubernetes-admin@kubernetes', context: { cluster: 'kubernetes', user: 'kubernetes-admin' } }],
    clusters: [
      {
        name: 'kubernetes',
        cluster: { server: 'https://10.123.0.5:6443', 'certificate-authority-data': base64(authority.certificate) },
      },
    ],
    users: [
      {
        name: 'kubernetes-admin',
        user: { 'client-certificate-data': base64(admin.cert), 'client-key-data': base64(admin.key) },
      },
    ],
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What is said of an admin.conf in which something was changed. */
function refusalOf(change: (conf: ReturnType<typeof adminConf>) => void): DeployError {
  const conf = adminConf();
  change(conf);
  return refusalOfText(dump(conf));
}

function refusalOfText(text: string): DeployError {
  try {
    parseKubeconfig(text);
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('parseKubeconfig', () => {
  it('reads what kubeadm writes', () => {
    const { key, ...rest } = parseKubeconfig(dump(adminConf()));

    expect(rest).toEqual({
      cluster: 'kubernetes',
      server: 'https://10.123.0.5:6443',
      ca: authority.certificate,
      user: 'kubernetes-admin',
      certificate: admin.cert,
    });
    expect(key.reveal()).toBe(admin.key);
  });

  it('takes nothing over but the address, the certificates and the key', () => {
    const conf = adminConf();
    Object.assign(conf.clusters[0]?.cluster ?? {}, { 'insecure-skip-tls-verify': true, 'proxy-url': 'http://evil' });
    Object.assign(conf.users[0]?.user ?? {}, { exec: { command: '/bin/sh' }, token: 'secret-token' });

    const kubeconfig = parseKubeconfig(dump(conf));

    expect(kubeconfig).toEqual({ ...parseKubeconfig(dump(adminConf())), key: expect.any(Secret) });
    expect(inspect(kubeconfig)).not.toMatch(/PRIVATE KEY|secret-token|evil/);
  });

  it.each<[string, (conf: ReturnType<typeof adminConf>) => void, string]>([
    ['another context', (conf) => Object.assign(conf, { 'current-context': 'x' }), 'the current context is not in it'],
    ['no context', (conf) => Object.assign(conf, { 'current-context': undefined }), 'current-context: '],
    ['no cluster', (conf) => conf.clusters.splice(0), "the context's cluster is not in it"],
    ['no user', (conf) => conf.users.splice(0), "the context's user is not in it"],
    ['a server without TLS', (conf) => setServer(conf, 'http://10.0.0.5:6443'), 'is not https://HOST:PORT'],
    ['a server with a password', (conf) => setServer(conf, 'https://u:p@10.0.0.5:6443'), 'is not https://HOST:PORT'],
    ['a server with a path', (conf) => setServer(conf, 'https://10.0.0.5:6443/x?y'), 'is not https://HOST:PORT'],
    [
      'the name of a file',
      (conf) => setAuthority(conf, undefined),
      'certificate-authority-data: is not embedded in it',
    ],
    ['an authority that is not base64', (conf) => setAuthority(conf, 'ä'), 'is not base64'],
    [
      'an authority that is none',
      (conf) => setAuthority(conf, base64('x')),
      "the authority's certificate cannot be read",
    ],
    ['no certificate', (conf) => setUser(conf, 'x', admin.key), "the user's certificate cannot be read"],
    ['the key of another', (conf) => setUser(conf, admin.cert, stranger.key), "the key is not that of the user's"],
    ['a key that is none', (conf) => setUser(conf, admin.cert, 'x'), "the key is not that of the user's"],
  ])('refuses one with %s', (_what, change, problem) => {
    const { message, hint } = refusalOf(change);

    expect(message).toMatch(/^Reading a kubeconfig: /);
    expect(message).toContain(problem);
    expect(hint).toContain('admin.conf');
  });

  it.each(['', 'null', '[]', '"text"', '{}'])('refuses %j', (text) => {
    expect(refusalOfText(text).code).toBe('kubeconfig');
  });

  it('quotes nothing of what it cannot read', () => {
    const error = refusalOfText(`${dump(adminConf())}\n  client-key-data: {${base64(admin.key)}`);

    expect(error.message).toBe('Reading a kubeconfig: it is not YAML');
    expect(inspect(error, { depth: 9 })).not.toContain(base64(admin.key).slice(0, 20));
  });

  it('looks at nothing that is longer than any kubeconfig', () => {
    expect(refusalOfText(`${dump(adminConf())}#${'x'.repeat(70_000)}`).message).toContain('too long');
  });
});

function setServer(conf: ReturnType<typeof adminConf>, server: string): void {
  Object.assign(conf.clusters[0]?.cluster ?? {}, { server });
}

function setAuthority(conf: ReturnType<typeof adminConf>, data: string | undefined): void {
  Object.assign(conf.clusters[0]?.cluster ?? {}, { 'certificate-authority-data': data });
}

function setUser(conf: ReturnType<typeof adminConf>, certificate: string, key: string): void {
  const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  Object.assign(conf.users[0]?.user ?? {}, user);
}

describe('atServer', () => {
  it('points it at another address of the same cluster', () => {
    const kubeconfig = parseKubeconfig(dump(adminConf()));

    expect(atServer(kubeconfig, 'https://172.24.5.7:6443/')).toEqual({
      ...kubeconfig,
      server: 'https://172.24.5.7:6443',
    });
  });

  it('points it nowhere without TLS', () => {
    expect(() => atServer(parseKubeconfig(dump(adminConf())), 'http://172.24.5.7')).toThrow('https');
  });
});

describe('kubeconfigText', () => {
  const alice = authority.issueClient({ user: 'alice', groups: ['slipway:view'] });
  const kubeconfig: Kubeconfig = {
    cluster: 'staging',
    server: 'https://172.24.5.7:6443',
    ca: authority.certificate,
    user: 'alice',
    certificate: alice.cert,
    key: new Secret(alice.key),
  };

  it('can be read again, with names that are a cluster’s own', () => {
    const text = kubeconfigText(kubeconfig).reveal();

    const { key, ...rest } = parseKubeconfig(text);
    expect(rest).toEqual({ ...kubeconfig, user: 'alice@staging', key: undefined });
    expect(key.reveal()).toBe(alice.key);
    expect(text).toContain('current-context: staging\n');
  });

  it('is a secret', () => {
    expect(`${kubeconfigText(kubeconfig)}`).toBe('[secret]');
  });
});
