import { downloadError } from './download-error.ts';
import { type DownloadOptions, startDownload } from './start-download.ts';

export interface FetchTextOptions extends Omit<DownloadOptions, 'from'> {
  /** The longest that it may be. */
  readonly mostBytes: number;
  /** How long all of it may take. */
  readonly deadlineMs: number;
}

/** GET of a short text. Throws what startDownload throws, and a DeployError when it is too long or takes too long. */
export async function fetchText(options: FetchTextOptions): Promise<string> {
  const { url, signal, deadlineMs } = options;
  const late = AbortSignal.timeout(deadlineMs);
  try {
    return await read({ ...options, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    throw downloadError(new URL(url), options, `it is not here after ${deadlineMs / 1_000} s`, {
      retryable: true,
      hint: 'Try again later, or give another mirror',
      cause: error,
    });
  }
}

async function read(options: FetchTextOptions): Promise<string> {
  const download = await startDownload(options);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of download.chunks()) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > options.mostBytes) throw tooLong(options);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await download.close();
  }
}

function tooLong(options: FetchTextOptions): Error {
  return downloadError(new URL(options.url), options, `it is longer than ${options.mostBytes} bytes`, {
    hint: `Check ${options.setting} in clusters.yaml: something else may be there`,
  });
}
