import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../../src/playground/nodes/certificate-authority.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-authority-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe', timeout: 20_000 });
}

/** What another implementation thinks of a certificate. */
function verified(authority: CertificateAuthority, cert: string, ...args: string[]): string {
  return openssl(
    'verify',
    '-x509_strict',
    ...args,
    '-CAfile',
    file('ca.pem', authority.certificate),
    file('c.pem', cert),
  );
}

describe('CertificateAuthority', () => {
  const authority = new CertificateAuthority();

  it('is an authority for ten years', () => {
    const certificate = new X509Certificate(authority.certificate);

    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('CN=kubernetes');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validTo).getTime() - Date.now()).toBeGreaterThan(9.9 * 365 * 24 * 3600_000);
  });

  it('makes certificates for servers, for their names and addresses and no others', () => {
    const { cert, key } = authority.issueServer(['127.24.5.7', '10.0.0.5', 'staging-control-plane']);

    const certificate = new X509Certificate(cert);
    expect(verified(authority, cert, '-purpose', 'sslserver')).toContain('c.pem: OK');
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.checkIP('127.24.5.7')).toBe('127.24.5.7');
    expect(certificate.checkIP('127.24.5.8')).toBeUndefined();
    expect(certificate.checkHost('staging-control-plane')).toBe('staging-control-plane');
    expect(() => verified(authority, cert, '-purpose', 'sslclient')).toThrow('purpose');
  });

  it('makes certificates for users, with their groups in it', () => {
    const { cert } = authority.issueClient({ user: 'alice', groups: ['slipway:view', 'café'] });

    expect(verified(authority, cert, '-purpose', 'sslclient')).toContain('c.pem: OK');
    expect(new X509Certificate(cert).subject).toBe('O=slipway:view\nO=café\nCN=alice');
    expect(() => verified(authority, cert, '-purpose', 'sslserver')).toThrow('purpose');
  });

  it('signs for as long as it is told to', () => {
    const now = new Date('2026-03-01T12:34:56Z');
    const notAfter = new Date('2026-03-01T13:00:00Z');

    const { cert } = authority.issueClient({ user: 'alice', groups: [] }, { now, notAfter });

    const certificate = new X509Certificate(cert);
    expect(new Date(certificate.validFrom)).toEqual(new Date('2026-03-01T11:34:56Z'));
    expect(new Date(certificate.validTo)).toEqual(notAfter);
  });

  it('has nothing to do with another one of the same name', () => {
    const other = new CertificateAuthority();

    const { cert } = other.issueClient({ user: 'alice', groups: [] });

    expect(() => verified(authority, cert)).toThrow('verification failed');
  });

  it('is known by the hash that kubeadm takes of its public key', () => {
    const publicKey = openssl('x509', '-in', file('own.pem', authority.certificate), '-noout', '-pubkey');
    const der = file('own.der', '');
    openssl('pkey', '-pubin', '-in', file('own.pub', publicKey), '-outform', 'DER', '-out', der);

    const [digest = ''] = openssl('dgst', '-sha256', '-r', der).split(' ');

    expect(authority.publicKeyHash).toBe(`sha256:${digest}`);
  });
});
