/** The folder of a Debian with Salt in it, made by `npm run test:salt`; nothing in it may change. */
export function saltSystem(): string {
  const folder = process.env.SLIPWAY_SALT_SYSTEM;
  if (folder === undefined) throw new Error('These tests need a system with Salt: run them by `npm run test:salt`');
  return folder;
}
