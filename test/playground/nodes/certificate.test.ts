import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../src/playground/nodes/certificate.ts';

describe('selfSignedCertificate', () => {
  const now = new Date('2026-03-01T12:34:56Z');
  const { key, cert } = selfSignedCertificate('127.24.5.7', now);
  const certificate = new X509Certificate(cert);

  it('is one that its own key has signed', () => {
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
  });

  it('is for the address and for no other', () => {
    expect(certificate.checkIP('127.24.5.7')).toBe('127.24.5.7');
    expect(certificate.checkIP('127.24.5.8')).toBeUndefined();
  });

  it('is valid now and for some weeks', () => {
    expect(new Date(certificate.validFrom)).toEqual(new Date('2026-02-28T12:34:56Z'));
    expect(new Date(certificate.validTo)).toEqual(new Date('2026-03-31T12:34:56Z'));
  });

  it('is a new one every time', () => {
    const other = new X509Certificate(selfSignedCertificate('127.24.5.7', now).cert);

    expect(other.serialNumber).not.toBe(certificate.serialNumber);
    expect(other.fingerprint256).not.toBe(certificate.fingerprint256);
  });

  it('takes nothing but an IPv4 address', () => {
    expect(() => selfSignedCertificate('example.org')).toThrow(TypeError);
  });
});
