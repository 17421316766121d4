import type { CloudChoice, ClusterSpec } from './cluster-spec.ts';
import type { Finding } from './finding.ts';

/** What a worker saw when it was asked how something is. No secret may be in here: it is kept in Redis for a minute. */
export interface Inspection {
  readonly findings: readonly Finding[];
}

/** What a build worker says of a Kubernetes that it may have to make. */
export interface SourceInspection extends Inspection {
  /** The commit that is meant; undefined for an official release, and where only fetching can tell. */
  readonly commit?: string;
}

/** What credentials that are configured are called: "mycloud", "mycloud with objects in other", "environment". */
export function choiceName({ cloud = environment, swift }: CloudChoice): string {
  return swift === undefined ? cloud : `${cloud} with objects in ${swift.cloud}`;
}

/** Stands for the OS_* variables, where a cloud has no name. */
const environment = 'environment';

/** The clouds that clusters use, each choice once, in the order of the clusters. */
export function choicesOf(specs: Iterable<ClusterSpec>): CloudChoice[] {
  const choices = new Map<string, CloudChoice>();
  for (const { cloud, swift } of specs) {
    const choice = { cloud, ...(swift && { swift }) };
    choices.set(choiceName(choice), choice);
  }
  return [...choices.values()];
}

/** The choices that a name means: those of that cloud, and those that keep their objects in it. Capitals do not count. */
export function choicesNamed(name: string, choices: readonly CloudChoice[]): CloudChoice[] {
  return choices.filter((choice) => cloudNames(choice).some((known) => known.toLowerCase() === name.toLowerCase()));
}

/** Every name that `choicesNamed` knows. */
export function cloudNames(choice: CloudChoice): string[] {
  const { cloud = environment, swift } = choice;
  return swift === undefined ? [cloud] : [cloud, swift.cloud];
}
