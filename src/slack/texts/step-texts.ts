import type { Deployment, StepRecords } from '../../clusters/deployment.ts';
import { stackName } from '../../clusters/names.ts';
import type { StepName } from '../../clusters/steps.ts';
import { code, oneLine } from '../views/mrkdwn.ts';
import { versionOf } from './cluster-texts.ts';

/** What each step is about, as a line of the checklist that reads well before, during and after it. */
const titles: Readonly<Record<StepName, (deployment: Deployment) => string>> = {
  build: (deployment) => `Kubernetes ${oneLine(versionOf(deployment), 100)} from source`,
  publish: () => 'Release in Swift',
  image: ({ spec: { image } }) => `Image ${oneLine('id' in image ? image.id : image.name, 100)} in Glance`,
  keypair: ({ spec: { keypair } }) => `Keypair ${oneLine(keypair.name, 100)} in Nova`,
  stack: ({ cluster }) => `Stack ${stackName(cluster)} in Heat`,
  verify: () => 'Check of the Kubernetes API',
  'delete-stack': ({ cluster }) => `Deletion of stack ${stackName(cluster)}`,
};

/** A step's line in the checklist, without its mark. */
export function stepTitle(step: StepName, deployment: Deployment): string {
  return titles[step](deployment);
}

/** What finishing a step did, where the title does not say it already. */
export function stepOutcome(step: StepName, steps: StepRecords): string | undefined {
  switch (step) {
    case 'build':
      return steps.build?.result && `commit ${code(shortCommit(steps.build.result.commit))}`;
    case 'image':
      return steps.image?.result && (steps.image.result.uploaded ? 'uploaded' : 'was there already');
    case 'keypair':
      return steps.keypair?.result && (steps.keypair.result.imported ? 'imported' : 'was there already');
    case 'delete-stack':
      return steps['delete-stack']?.result?.existed === false ? 'was gone already' : undefined;
    default:
      return undefined;
  }
}

/** A commit's first characters, as git shows it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 10);
}
