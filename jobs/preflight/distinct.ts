import type { Finding } from '../../src/clusters/finding.ts';

/** A service that is away is one problem, however many looks it stopped, and whether or not they were needed. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const away = new Set(findings.filter(isAway).map(({ label }) => label));
  const told = new Set<string>();
  return findings.filter((finding) => {
    if (finding.level === 'warning' && finding.passing === true && away.has(finding.label)) return false;
    const reason = isAway(finding) ? finding.label : `${finding.label}\n${finding.text}`;
    if (told.has(reason)) return false;
    told.add(reason);
    return true;
  });
}

function isAway({ level, passing }: Finding): boolean {
  return level === 'problem' && passing === true;
}
