/** The ids of what is entered into forms. */
export const inputs = {
  cluster: 'form-cluster',
  version: 'form-version',
  nodes: 'form-nodes',
  ttl: 'form-ttl',
  reason: 'form-reason',
  until: 'form-until',
} as const;

export type Input = (typeof inputs)[keyof typeof inputs];

/** True for what is entered into forms, which is no button. */
export function isFormInput(actionId: string): boolean {
  return Object.values(inputs).some((input) => input === actionId);
}
