import { execFile } from 'node:child_process';
import { mainFile } from './stage.ts';

/** How a program ended, and what it said. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `slipway` to its end, as a person would from a shell. */
export function slipway(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  timeoutMs = 120_000,
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [mainFile, ...args], { env, timeout: timeoutMs }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}
