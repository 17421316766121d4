import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>;
};

it('locks the packages of every platform, since npm ci refuses a lock that leaves some out', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  );

  expect(missing).toEqual([]);
});

it('names no address to download from, so that everybody may use a registry of their own', () => {
  const addresses = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);

  expect(addresses).toEqual([]);
});
