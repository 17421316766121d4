/** The ids of the forms, which may be open while Slipway is restarted. */
export const formIds = {
  up: 'up',
  change: 'change',
  deny: 'deny',
  keep: 'keep',
  scale: 'scale',
  /** Asks for nothing. */
  note: 'note',
} as const;
