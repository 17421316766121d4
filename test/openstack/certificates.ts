import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, in PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** A certificate authority of its own, made by the command `openssl`. */
export class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'authority-'));
  readonly ca: string;

  constructor(name: string) {
    this.#openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      `/CN=${name}`,
      '-days',
      '2',
    );
    this.ca = this.#read('ca.pem');
  }

  /** A certificate for a host name, good from today for that many days; for none, one of yesterday. */
  issue(hostname: string, { expired = false } = {}): Certificate {
    writeFileSync(join(this.#folder, 'names'), `subjectAltName=DNS:${hostname}\n`);
    this.#openssl('req', ...newKey, '-keyout', 'own.key', '-out', 'own.csr', '-subj', `/CN=${hostname}`);
    const signing = [
      '-req',
      '-in',
      'own.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-extfile',
      'names',
    ];
    // A negative number of days ends in the past.
    this.#openssl('x509', ...signing, '-out', 'own.pem', '-days', expired ? '-1' : '2');
    return { cert: this.#read('own.pem'), key: this.#read('own.key') };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe', timeout: 20_000 });
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
