import { expect, it } from 'vitest';
import { parseSha512 } from '../../jobs/official-release.ts';

const name = 'kubernetes-server-linux-amd64.tar.gz';
const digest = '0123456789abcdef'.repeat(8);

it.each([
  ['alone', digest],
  ['at the end of a line', `${digest}\n`],
  ['with its name', `${digest}  ${name}\n`],
  ['with its name, read as binary', `${digest} *${name}\r\n`],
  ['with the path of its name', `${digest}  ./v1.34.2/${name}\n`],
  ['in capitals', digest.toUpperCase()],
])('a digest is read %s', (_how, text) => {
  expect(parseSha512(text, name)).toBe(digest);
});

it.each([
  ['nothing', ''],
  ['a digest of another kind', digest.slice(0, 64)],
  ['a digest and more', `${digest}0`],
  ['the digest of another file', `${digest}  kubernetes-node-linux-amd64.tar.gz\n`],
  ['several digests', `${digest}  ${name}\n${digest}  ${name}\n`],
  ['a page', `<html>${digest}</html>`],
])('%s is no digest', (_what, text) => {
  expect(parseSha512(text, name)).toBeUndefined();
});
