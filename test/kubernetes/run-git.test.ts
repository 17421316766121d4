import { describe, expect, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { ProcessError } from '../../src/kubernetes/process.ts';
import { explainRemote, tellsDamage } from '../../src/kubernetes/run-git.ts';

const repository = 'https://git.example.org/kubernetes.git';
const failure = (...lines: readonly string[]) =>
  new ProcessError('status', `Fetching ${repository}: git fetch ended with status 128`, lines);

describe('explainRemote', () => {
  it.each([
    ["fatal: could not read Username for 'https://git.example.org': terminal prompts disabled", /credential helper/],
    ["fatal: Authentication failed for 'https://git.example.org/'", /credential helper/],
    ['remote: Repository not found.', /spelling of https:\/\/git\.example\.org\/kubernetes\.git/],
    ['git@git.example.org: Permission denied (publickey).', /SSH key/],
    ["fatal: repository 'https://git.example.org/kubernetes.git/' not found", /spelling/],
    ["fatal: '/srv/nothing' does not appear to be a git repository", /spelling/],
    ['error: cannot run ssh: No such file or directory', /SSH client/],
    ['Host key verification failed.', /known_hosts/],
    ['fatal: unable to access: server certificate verification failed', /authority/],
    ['fatal: write error: No space left on device', /Make room/],
    ["fatal: detected dubious ownership in repository at '/srv/git'", /safe\.directory/],
  ])('says what helps against: %s', (line, hint) => {
    const error = explainRemote(failure('From git.example.org', line, 'fatal: the rest'), repository);

    expect(error).toBeInstanceOf(BuildFailedError);
    expect(error).toMatchObject({ retryable: false, hint: expect.stringMatching(hint) });
  });

  it.each([
    ["fatal: unable to access 'https://git.example.org/': Could not resolve host: git.example.org", /DNS/],
    ['fatal: unable to access: Failed to connect to git.example.org port 443: Connection refused', /reaches/],
    ['fatal: the remote end hung up unexpectedly', /reaches/],
  ])('has tried again what may pass: %s', (line, hint) => {
    const error = explainRemote(failure(line), repository);

    expect(error).toMatchObject({ retryable: true, hint: expect.stringMatching(hint) });
  });

  it('repeats the complaint that it understands, rather than the last one', () => {
    const error = explainRemote(
      failure('git@git.example.org: Permission denied (publickey).', 'fatal: Could not read from remote repository.'),
      repository,
    );

    expect(error).toMatchObject({
      message: expect.stringContaining('(git@git.example.org: Permission denied (publickey).)'),
    });
  });

  it('repeats what tells most where nothing is known to help', () => {
    const error = explainRemote(
      failure(
        'ssh: connect to host git.example.org port 22: Connection refused',
        'fatal: Could not read from remote repository.',
        'Please make sure you have the correct access rights',
      ),
      repository,
    );

    expect(error).toMatchObject({ message: expect.stringContaining('(ssh: connect to host git.example.org port 22') });
  });

  it('says the bare fact where git said nothing', () => {
    expect(explainRemote(failure(), repository)).toMatchObject({ message: failure().message });
  });

  it.each([new Error('cancelled'), new ProcessError('missing', 'git is not installed', [])])(
    'leaves alone what git has no part in: %s',
    (error) => {
      expect(explainRemote(error, repository)).toBe(error);
    },
  );
});

describe('tellsDamage', () => {
  it.each([
    'fatal: bad object refs/heads/master',
    'error: object file ./objects/12/34 is empty',
    'fatal: loose object 1234 (stored in ./objects/12/34) is corrupt',
    'fatal: packed object 1234 (stored in ./objects/pack/pack-1.pack) is corrupt',
    'error: packfile ./objects/pack/pack-1.pack does not match index',
    'error: index file ./objects/pack/pack-1.idx is too small',
    'fatal: pack has 3 unresolved deltas',
    'error: refs/heads/master does not point to a valid object!',
    'error: /srv/git did not send all necessary objects',
    'error: unable to read sha1 file of README.md (1234)',
    'fatal: unable to read tree fd43cc879db368e808a98b81005d6f21a8852a15',
    'error: Could not read fd43cc879db368e808a98b81005d6f21a8852a15',
    "error: cannot lock ref 'refs/heads/bad': unable to resolve reference 'refs/heads/bad': reference broken",
  ])('sees it in: %s', (line) => {
    expect(tellsDamage(failure(line))).toBe(true);
  });

  it.each([
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    'fatal: Could not read from remote repository.',
    "fatal: could not read Password for 'https://me@github.com': terminal prompts disabled",
    "fatal: unable to access 'https://git.example.org/': Could not resolve host: git.example.org",
    'remote: fatal: bad object 1234',
    'fatal: the remote end hung up unexpectedly',
    'fatal: early EOF',
    "error: unable to read askpass response from '/bin/false'",
    'fatal: unable to write new index file',
  ])('does not see it in: %s', (line) => {
    expect(tellsDamage(failure(line))).toBe(false);
  });

  it.each([
    'error: unable to write loose object file: No space left on device',
    'fatal: pack has bad object at offset 12: Cannot allocate memory',
    'error: unable to read tree: Too many open files',
  ])('does not see it where the machine is to blame: %s', (line) => {
    expect(tellsDamage(failure(line, 'fatal: index-pack failed: bad object'))).toBe(false);
  });
});
