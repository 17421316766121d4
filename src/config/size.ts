const units: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Bytes of a size such as 20GB, 512 MiB or 1.5 TB; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([MGT]i?B)$/.exec(text) ?? [];
  const factor = units[unit ?? ''];
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}
