import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import {
  checkCommit,
  checkRef,
  checkRepository,
  hashOf,
  isFullHash,
  pullRequestOf,
  pullRequestRefs,
} from '../../src/kubernetes/ref.ts';

describe('checkRef', () => {
  it.each([
    'v1.34.2',
    'release-1.34',
    'feature/in-place-resize',
    '1a2b3c4d5e6f',
    'v1.35.0-alpha.1',
    'v1.34.2+vendor.1',
    'pr/12345',
    'PR/12345',
    'pr/fix-scheduler',
    'fix-HEAD',
    'a'.repeat(40),
  ])('takes %s', (ref) => {
    expect(() => checkRef(ref)).not.toThrow();
  });

  it.each([
    ['', /empty/],
    ['--upload-pack=touch /tmp/x', /begins with a hyphen/],
    ['--upload-pack=/tmp/x', /begins with a hyphen/],
    ['-oProxyCommand=reboot', /begins with a hyphen/],
    ['--', /begins with a hyphen/],
    ['v1.34.2 v1.34.1', /white space/],
    ['v1.34.2\n', /white space/],
    ['v1.34.2\r\nv1', /white space/],
    ['v1\u00a0.34', /white space/],
    ['v1\u2028', /white space/],
    ['v1\0', /control characters/],
    ['v1\u001b[2J', /control characters/],
    ['v1\u0085', /control characters/],
    ['\uff0d\uff0dupload-pack=x', /plain ASCII/],
    ['v1\u20101', /plain ASCII/],
    ['v1.34\u202e2', /plain ASCII/],
    ['v1\u200b.34', /plain ASCII/],
    ['m\u0430ster', /plain ASCII/],
    ['v1.34.1..v1.34.2', /range of commits/],
    ['../../etc/passwd', /range of commits/],
    ['feature/../../x', /range of commits/],
    ['HEAD@{1}', /earlier state/],
    ['@{upstream}', /earlier state/],
    ['@', /only letters/],
    ['$(reboot)', /only letters/],
    ['`reboot`', /only letters/],
    [';rm', /only letters/],
    ['v1;reboot', /only letters/],
    ['v1|reboot', /only letters/],
    ['v1&reboot', /only letters/],
    ['v1>x', /only letters/],
    ['v1*', /only letters/],
    ['v1?', /only letters/],
    ['v1[0]', /only letters/],
    ['v1\\x', /only letters/],
    ['v1"', /only letters/],
    ["v1'", /only letters/],
    ['v1%2e', /only letters/],
    ['#12345', /only letters/],
    ['<!channel>', /only letters/],
    ['v1.34.2^{tree}', /near a commit or inside/],
    ['HEAD~1', /near a commit or inside/],
    ['main:Makefile', /near a commit or inside/],
    ['ext::sh', /near a commit or inside/],
    [':/fix', /near a commit or inside/],
    ['refs/heads/master', /write the tag or the branch alone/],
    ['refs/pull/1/head', /write the tag or the branch alone/],
    ['HEAD', /what HEAD is changes/],
    ['FETCH_HEAD', /what HEAD is changes/],
    ['pr/', /pull request is written/],
    ['pr/0', /pull request is written/],
    ['pr/007', /pull request is written/],
    ['PR/12345678901', /pull request is written/],
    ['/etc/passwd', /no name like that/],
    ['heads/', /no name like that/],
    ['a//b', /no name like that/],
    ['a/.b', /no name like that/],
    ['v1.', /no name like that/],
    ['main.lock', /no name like that/],
    ['main.lock/x', /no name like that/],
    ['v'.repeat(300), /longer/],
  ])('refuses %j and says why', (ref, reason) => {
    const check = () => checkRef(ref);

    expect(check).toThrow(UsageError);
    expect(check).toThrow(reason);
  });

  it('shows what it refuses in plain ASCII, so that nothing can hide in the answer', () => {
    expect(() => checkRef('v1\u202e2\u0007')).toThrow('"v1\\u{202e}2\\u{7}" cannot be a version to build');
  });
});

describe('checkCommit', () => {
  it('takes a whole hash', () => {
    expect(() => checkCommit('0123456789abcdef0123456789abcdef01234567')).not.toThrow();
  });

  it.each(['', 'abc1234', 'v1.34.2', 'g'.repeat(40), 'A'.repeat(40), `${'a'.repeat(40)}\n`, 'a'.repeat(41), '--all'])(
    'refuses %j',
    (commit) => {
      expect(() => checkCommit(commit)).toThrow(UsageError);
    },
  );
});

describe('what a ref means', () => {
  it.each([
    ['pr/1', 1],
    ['PR/12345', 12345],
    ['pr/999999999', 999_999_999],
    ['pr/fix', undefined],
    ['pr/1/head', undefined],
    ['xpr/1', undefined],
  ])('%s is pull request %s', (ref, number) => {
    expect(pullRequestOf(ref)).toBe(number);
  });

  it('is a pull request at GitHub, GitLab or Bitbucket', () => {
    expect(pullRequestRefs(7)).toEqual(['refs/pull/7/head', 'refs/merge-requests/7/head', 'refs/pull-requests/7/from']);
  });

  it.each([
    ['ABCDEF1', 'abcdef1', false],
    ['a'.repeat(40), 'a'.repeat(40), true],
    ['abcdef', undefined, false],
    ['a'.repeat(41), undefined, false],
    ['v1.34.2', undefined, false],
  ])('%s is the hash %s', (ref, hash, full) => {
    expect(hashOf(ref)).toBe(hash);
    expect(isFullHash(ref)).toBe(full);
  });
});

describe('checkRepository', () => {
  it.each([
    'https://github.com/kubernetes/kubernetes.git',
    'https://github.com/kubernetes/kubernetes',
    'https://git.example.org:8443/~me/kubernetes.git',
    'http://127.0.0.1:8080/kubernetes.git',
    'http://[::1]:8080/kubernetes.git',
    'git://git.example.org/kubernetes.git',
    'ssh://git@git.example.org/kubernetes.git',
    'ssh://git.example.org:2222/~/kubernetes.git',
    'git@github.com:kubernetes/kubernetes.git',
    'me@git.example.org:~/kubernetes',
    '/srv/git/kubernetes',
    '/srv/my files/kubernetes.git',
    '/home/jürgen/kubernetes',
    'file:///srv/git/kubernetes',
    'file:///srv/my%20files/kubernetes',
  ])('takes %s', (repository) => {
    expect(() => checkRepository(repository)).not.toThrow();
  });

  it.each([
    ['', /empty/],
    ['--upload-pack=x', /begins with a hyphen/],
    ['-oProxyCommand=reboot', /begins with a hyphen/],
    ['kubernetes', /neither a URL nor an absolute path/],
    ['../kubernetes', /neither a URL nor an absolute path/],
    ['./kubernetes', /neither a URL nor an absolute path/],
    ['host.example.org/kubernetes', /neither a URL nor an absolute path/],
    ['https:github.com/kubernetes', /neither a URL nor an absolute path/],
    ['https:/github.com/kubernetes', /neither a URL nor an absolute path/],
    ['https://', /neither a URL nor an absolute path/],
    ['https://host:99999/x', /neither a URL nor an absolute path/],
    ['ext::sh -c reboot', /white space/],
    ['ext::sh', /no protocol of git/],
    ['fd::7', /no protocol of git/],
    ['ftp://git.example.org/x', /no protocol of git/],
    ['ssh+git://git.example.org/x', /no protocol of git/],
    ['javascript:alert(1)', /no protocol of git/],
    ['host:kubernetes.git', /no protocol of git/],
    ['https://git.example.org/a\nb', /control characters/],
    ['https://git.example.org/a\tb', /control characters/],
    ['https://git.example.org/a\0b', /control characters/],
    ['https://git.example.org/\u202egit.x', /control characters/],
    ['/srv/git\n/x', /control characters/],
    ['https://git.example.org/%0a', /mean something to a shell/],
    ['https://git.example.org/%00', /mean something to a shell/],
    ['https://git.example.org/%zz', /encodes nothing/],
    ['https://me:secret@git.example.org/x.git', /password in it/],
    ['ssh://me:secret@git.example.org/x.git', /password in it/],
    ['https://ghp_0123456789@github.com/x.git', /user or a token in it/],
    ['git://me@git.example.org/x.git', /user or a token in it/],
    ['https://git.example.org/x.git?token=abc', /has \? or #/],
    ['https://git.example.org/x.git#main', /has \? or #/],
    ['https://git.example.org', /names a server and no repository/],
    ['https://git.example.org/', /names a server and no repository/],
    ['https:///x.git', /neither|names a server/],
    ['ssh://-oProxyCommand=reboot/x', /host begins with a hyphen/],
    ['ssh://-oProxyCommand=reboot@git.example.org/x', /no user name/],
    ['ssh://%2doProxyCommand=reboot/x', /no host name/],
    ['ssh://git@-oProxyCommand=reboot/x', /host begins with a hyphen/],
    ['https://-x.example.org/x', /host begins with a hyphen/],
    ['git@-oProxyCommand=reboot:x', /host begins with a hyphen/],
    ['-git@host.example.org:x', /begins with a hyphen/],
    ['git@host.example.org:-x', /path begins with a hyphen/],
    ['git@host.example.org:../x', /\.\. in it/],
    ['git@host.example.org:$(reboot)', /mean something to a shell/],
    ['git@ho$t:x', /no host name/],
    ['ssh://host.example.org/-x', /path begins with a hyphen/],
    ['https://git.example.org/a/../b', /\.\. in it/],
    ['https://git.example.org/a/%2e%2e/b', /\.\. in it/],
    ['https://git.example.org/a/.%2E/b', /\.\. in it/],
    ['https://git.example.org/$(reboot)', /mean something to a shell/],
    ['https://git.example.org/`reboot`', /mean something to a shell/],
    ['https://git.example.org/a;reboot', /mean something to a shell/],
    ['file:///srv/../etc', /\.\. in it/],
    ['file://host/srv/git', /three slashes/],
    ['/srv/git/../../etc', /\.\. in it/],
    ['/srv/git/..', /\.\. in it/],
    ['/srv/$(reboot)', /mean something to a shell/],
    ['/srv/`reboot`', /mean something to a shell/],
    ['/srv/a;reboot', /mean something to a shell/],
    ['/srv/a|reboot', /mean something to a shell/],
    ["/srv/a'", /mean something to a shell/],
    [`https://git.example.org/${'x'.repeat(3000)}`, /longer/],
  ])('refuses %j and says why', (repository, reason) => {
    const check = () => checkRepository(repository);

    expect(check).toThrow(UsageError);
    expect(check).toThrow(reason);
  });

  it.each(['https://me:hunter2@git.example.org/x.git', 'https://hunter2@git.example.org/x.git', '/srv/$hunter2'])(
    'does not repeat what it refuses: %s',
    (repository) => {
      const check = () => checkRepository(repository);

      expect(check).not.toThrow(/hunter2/);
      expect(check).toThrow();
    },
  );
});
