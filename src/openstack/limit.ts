/** How much of something the project has and may have. No `max` means no limit. */
export interface Limit {
  used: number;
  max?: number;
}

/** The `max` of a limit. OpenStack's services write -1 for no limit; one that does not tell sets none. */
export function upTo(max: number | undefined): { max?: number } {
  return max === undefined || max < 0 ? {} : { max };
}
