/** What Heat is doing, or did last, to a stack or a resource. */
export type StackAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'ROLLBACK' | 'SUSPEND' | 'RESUME' | 'CHECK' | 'ADOPT';

export type StackState = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

/** What a listing tells of a stack. */
export interface StackSummary {
  id: string;
  name: string;
  /** Action and state as Heat writes them: `CREATE_COMPLETE`. */
  status: string;
  action: string;
  state: string;
  statusReason: string;
  tags: readonly string[];
  createdAt: Date;
  updatedAt?: Date;
  /** The id of the stack that this one is a part of. */
  parentId?: string;
}

export interface Stack extends StackSummary {
  /** As texts; hidden ones are asterisks. */
  parameters: Readonly<Record<string, string>>;
  /** Empty unless asked for. An output that cannot be told yet is null. */
  outputs: Readonly<Record<string, unknown>>;
}

/** A stack as Heat writes it. */
export interface WireStack {
  id: string;
  stack_name: string;
  stack_status: string;
  stack_status_reason?: string | null;
  tags?: readonly string[] | null;
  creation_time: string;
  updated_time?: string | null;
  parent?: string | null;
  parameters?: Readonly<Record<string, string>>;
  outputs?: readonly { output_key: string; output_value: unknown }[];
}

export function stackSummaryFrom(wire: WireStack): StackSummary {
  const { action, state } = statusParts(wire.stack_status);
  return {
    id: wire.id,
    name: wire.stack_name,
    status: wire.stack_status,
    action,
    state,
    statusReason: wire.stack_status_reason ?? '',
    tags: wire.tags ?? [],
    createdAt: heatDate(wire.creation_time),
    ...(wire.updated_time ? { updatedAt: heatDate(wire.updated_time) } : {}),
    ...(wire.parent ? { parentId: wire.parent } : {}),
  };
}

export function stackFrom(wire: WireStack): Stack {
  return {
    ...stackSummaryFrom(wire),
    parameters: wire.parameters ?? {},
    outputs: Object.fromEntries((wire.outputs ?? []).map(({ output_key, output_value }) => [output_key, output_value])),
  };
}

/** `CREATE_IN_PROGRESS` → CREATE, IN_PROGRESS. */
export function statusParts(status: string): { action: string; state: string } {
  const cut = status.indexOf('_');
  return cut < 0 ? { action: status, state: '' } : { action: status.slice(0, cut), state: status.slice(cut + 1) };
}

/** Heat's dates are UTC; those of events leave the Z out. */
export function heatDate(text: string): Date {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
