import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { newCertificateRequest } from '../../src/kubernetes/certificate-request.ts';
import { readCertificateRequest } from '../../src/playground/nodes/read-certificate-request.ts';

/** What another implementation reads in it. */
function openssl(request: string, ...args: string[]): string {
  const options = { input: request, encoding: 'utf8', stdio: 'pipe', timeout: 20_000 } as const;
  return execFileSync('openssl', ['req', '-verify', '-noout', ...args], options);
}

describe('newCertificateRequest', () => {
  it('asks for a certificate of a user and its groups', () => {
    const { request } = newCertificateRequest({ user: 'alice', groups: ['slipway:view', 'team é'] });

    const read = openssl(request, '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8');
    expect(read).toContain('subject=CN=alice,O=team é,O=slipway:view');
  });

  it('is signed by the key that comes with it, one of P-256', () => {
    const { request, key } = newCertificateRequest({ user: 'alice', groups: [] });

    const { key: pem } = { key: key.reveal() };
    const publicKey = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' });
    expect(openssl(request, '-pubkey')).toContain(publicKey);
    expect(openssl(request, '-text')).toContain('NIST CURVE: P-256');
  });

  it('makes a new key each time, and shows none', () => {
    const [one, other] = [
      newCertificateRequest({ user: 'a', groups: [] }),
      newCertificateRequest({ user: 'a', groups: [] }),
    ];

    expect(one.key.reveal()).not.toBe(other.key.reveal());
    expect(inspect(one)).not.toContain('PRIVATE KEY');
  });

  it('takes long names, and a name that looks like a further attribute', () => {
    const subject = { user: 'x'.repeat(300), groups: ['a,O=system:masters', 'b'.repeat(200)] };

    const { request } = newCertificateRequest(subject);

    expect(readCertificateRequest(request).subject).toEqual(subject);
  });
});

describe('readCertificateRequest', () => {
  it('refuses a request whose subject was changed after it was signed', () => {
    const { request } = newCertificateRequest({ user: 'alice', groups: ['slipway:view'] });
    const der = Buffer.from(request.replace(/-----.*-----/g, ''), 'base64');
    const at = der.indexOf('slipway:view');
    der.write('slipway:root', at);
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;

    expect(() => readCertificateRequest(forged)).toThrow('signature verification failed');
  });

  it.each(['', 'not PEM', '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----'])(
    'refuses %j',
    (text) => {
      expect(() => readCertificateRequest(text)).toThrow();
    },
  );
});
