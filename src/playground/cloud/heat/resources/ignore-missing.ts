import { ApiError } from '../../http/api-error.ts';

/** Takes something away; that it is gone already is fine. */
export function ignoreMissing(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
