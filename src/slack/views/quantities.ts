/** Keeps a number and its unit on one line. */
const space = '\u00a0';

/** A length of time in words: "45 s", "2 min 5 s", "1 h 3 min", with blanks that no line is broken at. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}${space}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  return pair(hours, 'h', minutes % 60, 'min');
}

/** A length of time as people say it: "45 s", "27 min", "3 h 10 min". */
export function roughly(ms: number): string {
  const minute = 60_000;
  return ms < 90_000 ? duration(Math.max(1_000, ms)) : duration(Math.round(ms / minute) * minute);
}

/** A length of time as one figure: "5 min", "3 h", "12 days". */
export function age(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return hours >= 2 ? `${hours} h` : `${minutes} min`;
}

/** A length of time as kubectl writes an age: "45s", "7m30s", "119m", "5h20m", "3d4h", "200d". */
export function kubectlAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return short(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return short(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  return days < 8 ? short(days, 'd', hours % 24, 'h') : `${days}d`;
}

function short(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/** A size in the units of disks: "20 kB", "345 MB", "1.2 GB". */
export function bytes(size: number): string {
  if (size < 1e6) return `${Math.ceil(size / 1e3)} kB`;
  return size < 1e9 ? `${Math.round(size / 1e6)} MB` : `${(size / 1e9).toFixed(1)} GB`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const parts = small === 0 ? [large, largeUnit] : [large, largeUnit, small, smallUnit];
  return parts.join(space);
}

/** A number of things: "1 node", "3 nodes", "no nodes". */
export function count(number: number, one: string, many = `${one}s`): string {
  if (number === 0) return `no ${many}`;
  return `${number} ${number === 1 ? one : many}`;
}

const barWidth = 12;
/** Above this a total counts bytes rather than things, and only its share says something. */
const mostCountable = 999;

/** A bar with its figure: "■■■■■■□□□□□□ 6 of 12", or per cent of something large. Undefined without a usable total. */
export function bar(done: number | undefined, total: number | undefined): string | undefined {
  if (done === undefined || total === undefined || !(total > 0)) return undefined;
  const share = Math.min(1, Math.max(0, done / total));
  const filled = Math.floor(share * barWidth);
  const figure = total <= mostCountable ? `${done} of ${total}` : `${Math.floor(share * 100)} %`;
  return `${'■'.repeat(filled)}${'□'.repeat(barWidth - filled)} ${figure}`;
}
