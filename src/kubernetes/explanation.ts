/** Why a build stopped, as the end of a sentence, and what to do about it. */
export interface Explanation {
  readonly message: string;
  readonly hint: string;
}
