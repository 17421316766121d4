import type { Finding } from '../../src/clusters/finding.ts';

/** A service that is away is one problem, however many looks it stopped. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  return findings.filter((finding) => {
    const reason = finding.passing === true ? finding.label : `${finding.label}\n${finding.text}`;
    if (told.has(reason)) return false;
    told.add(reason);
    return true;
  });
}
