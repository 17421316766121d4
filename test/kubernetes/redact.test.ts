import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/kubernetes/redact.ts';

const redact = (line: string, ...secrets: string[]) => createRedactor(secrets)(line);
const run = (length: number) => 'aB3dE6gH9j'.repeat(10).slice(0, length);

describe('what looks like a secret', () => {
  it.each([
    ['fatal: https://bob:hunter2@git.test/kubernetes.git', 'fatal: https://[secret]@git.test/kubernetes.git'],
    [`https://${run(30)}@git.test/x and http://u:p@h/`, 'https://[secret]@git.test/x and http://[secret]@h/'],
    [`token ${['xoxb', '123456789012', run(24)].join('-')}.`, 'token [secret]'],
    [`app ${['xapp', '1', 'A01', run(24)].join('-')} said`, 'app [secret] said'],
    [`ghp_${run(36)}`, '[secret]'],
    [`github_pat_${run(60)}`, '[secret]'],
    [`glpat-${run(20)}`, '[secret]'],
    ['key AKIAIOSFODNN7EXAMPLE', 'key [secret]'],
    [`> Authorization: Basic ${run(20)}==`, '> Authorization: [secret]'],
    [`{"authorization": "Bearer ${run(20)}"}`, '{"authorization": [secret]'],
    [`X-Auth-Token: ${run(20)}`, 'X-Auth-Token: [secret]'],
    [`curl -H bearer ${run(20)}`, 'curl -H bearer [secret]'],
    [`gAAAAABm${run(60)}`, '[secret]'],
    [`id eyJhbGciOiJSUzI1NiJ9.${run(40)}.${run(30)} end`, 'id [secret] end'],
    ['export DB_PASSWORD=hunter2 && make', 'export DB_PASSWORD=[secret] && make'],
    ['GITHUB_TOKEN="a b c" make', 'GITHUB_TOKEN=[secret] make'],
    ['password: hunter2', 'password: [secret]'],
    ['{"client_secret": "hunter2", "a": 1}', '{"client_secret": [secret], "a": 1}'],
    ['login --registry-password hunter2 now', 'login --registry-password [secret] now'],
    ['https://h/x?access_token=hunter2&b=1', 'https://h/x?access_token=[secret]&b=1'],
    [
      'Get "https://h/blob?X-Amz-Date=1&X-Amz-Signature=0a1b": EOF',
      'Get "https://h/blob?X-Amz-Date=1&X-Amz-Signature=[secret]": EOF',
    ],
    [
      'https://h/v1/x?temp_url_sig=0a1b2c&temp_url_expires=3',
      'https://h/v1/x?temp_url_sig=[secret]&temp_url_expires=3',
    ],
    ['https://h/blob?sv=1&sig=a%2Fb&se=2', 'https://h/blob?sv=1&sig=[secret]&se=2'],
    ['client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=', 'client-key-data: [secret]'],
  ])('is taken out of %j', (line, shown) => {
    expect(redact(line)).toBe(shown);
  });

  it.each([
    '+++ [1122 22:20:43] Building go targets for linux/amd64',
    'pkg/serviceaccount/jwt.go:45:3: undefined: token',
    "staging/src/k8s.io/client-go/util/secret.go:12: syntax error: unexpected token ':'",
    'Cloning from ssh://git@github.com/kubernetes/kubernetes',
    'gcr.io/distroless/static@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'mail of nobody@k8s.io at http://k8s.io/docs',
    'link: signal: killed',
    'network.policy.io/global-network-policy-controller',
  ])('is not seen in %j', (line) => {
    expect(redact(line)).toBe(line);
  });

  it('does not make lines slow that were written to be: with one that is, this takes longer than a test may', () => {
    const lines = ['://', 'eyJ', 'xoxb-', 'password', 'token ', 'Bearer ', '-----BEGIN ', '--token-', '?sig'].flatMap(
      (word) => Array.from({ length: 40 }, () => word.repeat(64 * 1024).slice(0, 64 * 1024)),
    );

    const shown = lines.map((line) => redact(line));

    expect(shown.every((line) => line !== undefined)).toBe(true);
  });
});

describe('a private key', () => {
  const begin = '-----BEGIN OPENSSH PRIVATE KEY-----';
  const end = '-----END OPENSSH PRIVATE KEY-----';
  const show = (...lines: string[]) => {
    const redactor = createRedactor();
    return lines.map((line) => redactor(line)).filter((line) => line !== undefined);
  };

  it('is left out from its first line to its last, also behind what a program puts before its lines', () => {
    expect(show('a', begin, run(64), 'x==', end, 'b')).toEqual(['a', '[private key]', 'b']);
    expect(show(`#12 0.3 ${begin}`, `#12 0.4 ${run(64)}`, `#12 0.5 ${end}`, '#13 done')).toEqual([
      '#12 0.3 [private key]',
      '#13 done',
    ]);
  });

  it('is left out of a line that holds all of it', () => {
    expect(show(`key: "${begin}\\n${run(64)}\\n${end}\\n" read`)).toEqual(['key: "[private key]\\n" read']);
  });

  it('is left out of a line that holds two, and of one that ends one and begins another', () => {
    expect(show(`a ${begin}${run(64)}${end} b ${begin}${run(64)}${end} c`)).toEqual([
      'a [private key] b [private key] c',
    ]);
    expect(show(begin, run(64), `${end}${begin}`, run(64), end, 'b')).toEqual(['[private key]', '[private key]', 'b']);
  });

  it.each(['PGP PRIVATE KEY BLOCK', 'ENCRYPTED PRIVATE KEY'])('is known as %s, too', (name) => {
    expect(show(`-----BEGIN ${name}-----`, run(64), `-----END ${name}-----`, 'b')).toEqual(['[private key]', 'b']);
  });

  it('is left out also when something else speaks in the middle of it', () => {
    expect(show(begin, run(64), '#5 [1/2] FROM a b c', run(64), '#5 0.4 and more of it', run(64), end, 'b')).toEqual([
      '[private key]',
      '#5 [1/2] FROM a b c',
      '#5 0.4 and more of it',
      'b',
    ]);
  });

  it('that never ends does not swallow what comes after it', () => {
    expect(show(begin, run(64), 'make: *** [Makefile:3: all] Error 1')).toEqual([
      '[private key]',
      'make: *** [Makefile:3: all] Error 1',
    ]);
    expect(show(begin, 'error in a b c', 'a.go:1:2: undefined: x')).toEqual([
      '[private key]',
      'error in a b c',
      'a.go:1:2: undefined: x',
    ]);
  });
});

describe('a value that must not be seen', () => {
  it('is taken out wherever it stands, however it is written', () => {
    const secret = 'p@ss "word"/42';
    const base64 = Buffer.from(secret).toString('base64');

    expect(redact(`a ${secret} b ${encodeURIComponent(secret)} c ${JSON.stringify(secret)} d ${base64}`, secret)).toBe(
      `a [secret] b [secret] c "[secret]" d [secret]${/=*$/.exec(base64)?.[0]}`,
    );
  });

  it('is taken out line by line when it has several', () => {
    expect(redact('x second-line y', 'first-line\nsecond-line')).toBe('x [secret] y');
  });

  it('leaves no end of a longer one behind', () => {
    expect(redact('hunter2-and-more', 'hunter2', 'hunter2-and-more')).toBe('[secret]');
  });

  it('is ignored when it is too short to be one', () => {
    expect(redact('an apple a day', '', 'a', 'app')).toBe('an apple a day');
  });
});
