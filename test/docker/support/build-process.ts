import { type BuildOptions, buildRelease } from '../../../src/kubernetes/release.ts';

/** A build in a process of its own, which can be killed. Its options come as JSON; each line of make goes to the parent. */
const [options = ''] = process.argv.slice(2);
const given: Omit<BuildOptions, 'onProgress'> = JSON.parse(options);
const { environment } = given;
await buildRelease({
  ...given,
  environment: { ...process.env, ...environment },
  onProgress: ({ line }) => process.stdout.write(`${line}\n`),
});
