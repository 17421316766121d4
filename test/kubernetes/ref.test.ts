import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { checkRef, checkRepository } from '../../src/kubernetes/ref.ts';

describe('checkRef', () => {
  it.each([
    'v1.34.2',
    'release-1.34',
    'feature/in-place-resize',
    '1a2b3c4d5e6f',
    'v1.35.0-alpha.1',
    'v1.34.2+vendor.1',
  ])('takes %s', (ref) => {
    expect(() => checkRef(ref)).not.toThrow();
  });

  it.each([
    ['', /empty/],
    ['--upload-pack=touch /tmp/x', /begins with a hyphen/],
    ['v1.34.2 v1.34.1', /white space/],
    ['v1.34.2\n', /white space/],
    ['v1.34.1..v1.34.2', /range of commits/],
    ['$(reboot)', /only letters/],
    ['v1;reboot', /only letters/],
    ['HEAD@{1}', /only letters/],
    ['v1.34.2^{tree}', /only letters/],
    ['HEAD~1', /only letters/],
    ['main:Makefile', /only letters/],
    ['/etc/passwd', /no name like that/],
    ['heads/', /no name like that/],
    ['a//b', /no name like that/],
    ['main.lock', /no name like that/],
    ['v'.repeat(300), /longer/],
  ])('refuses %j and says why', (ref, reason) => {
    const check = () => checkRef(ref);

    expect(check).toThrow(UsageError);
    expect(check).toThrow(reason);
  });
});

describe('checkRepository', () => {
  it.each([
    'https://github.com/kubernetes/kubernetes.git',
    'ssh://git@git.example.org/kubernetes.git',
    '/srv/git/kubernetes',
    'file:///srv/git/kubernetes',
  ])('takes %s', (repository) => {
    expect(() => checkRepository(repository)).not.toThrow();
  });

  it.each([
    ['--upload-pack=x', /neither a URL nor an absolute path/],
    ['../kubernetes', /neither a URL nor an absolute path/],
    ['ext::sh -c reboot', /no protocol of git/],
    ['https://me:secret@git.example.org/kubernetes.git', /password in it/],
  ])('refuses %s and says why', (repository, reason) => {
    const check = () => checkRepository(repository);

    expect(check).toThrow(UsageError);
    expect(check).toThrow(reason);
  });

  it('does not repeat a password that it refuses', () => {
    const check = () => checkRepository('https://me:hunter2@git.example.org/kubernetes.git');

    expect(check).not.toThrow(/hunter2/);
    expect(check).toThrow();
  });
});
