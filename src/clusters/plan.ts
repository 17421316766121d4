/** What a deployment is going to do, as the person who approves it sees it. */
export interface Plan {
  /** What will be made, removed or reused, one sentence or phrase each. */
  readonly lines: readonly PlanLine[];
  /** Things that do not stop the deployment but that an approver should know. */
  readonly warnings: readonly string[];
  /** The commit that was meant when the plan was made: this one is built, wherever its branch is by then. */
  readonly commit?: string;
  /** Names of the nodes that go: these and no others, whatever has become of the cluster by then. */
  readonly leaving?: readonly string[];
}

export interface PlanLine {
  readonly label: string;
  readonly text: string;
}
