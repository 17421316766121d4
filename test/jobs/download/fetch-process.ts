import { fetchFile } from '../../../jobs/download/fetch-file.ts';
import { DeployError } from '../../../src/errors.ts';
import { fetching } from './support.ts';

/**
 * A process of its own that fetches something: to be killed in the middle of it, or to be held within limits. It writes
 * the result, or the error, to its output.
 */
const [folder = '', url = '', sha512 = ''] = process.argv.slice(2);
const outcome = await fetchFile(fetching(folder, url, { sha512 })).catch((error: unknown) => {
  if (!(error instanceof DeployError)) throw error;
  const { code, message, hint, retryable } = error;
  return { code, message, hint, retryable };
});
process.stdout.write(JSON.stringify(outcome));
