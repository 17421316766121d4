/** Colours with enough contrast for bright light and small screens: text on its ground has 7 to 1 or more. */
export const palette = {
  paper: '#ffffff',
  ink: '#14181f',
  faint: '#454d59',
  /** The way out of the cloud, and addresses in it. */
  outside: '#0b3d91',
  /** The cluster's network, and addresses in it. */
  inside: '#0a5741',
  card: '#f3f6fa',
  cardEdge: '#5b6675',
  onColor: '#ffffff',
  well: '#0d5c2f',
  changing: '#7a3e00',
  broken: '#a01217',
  other: '#3f4753',
} as const;

/** What each state of a service is shown in. The word is always beside it, for those who see no colours. */
export function stateColor(state: string): string {
  const word = state.toUpperCase();
  if (/^(ACTIVE|ONLINE|IN-USE|AVAILABLE)$/.test(word)) return palette.well;
  if (/ERROR|DEGRADED|DELETED/.test(word)) return palette.broken;
  return /BUILD|PENDING|ING$|RESIZE|REBOOT/.test(word) ? palette.changing : palette.other;
}
