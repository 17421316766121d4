import type { Caller } from '../keystone/state.ts';
import type { Template } from './template/template.ts';

/** What is done with a stack or a resource. */
export type Action = 'INIT' | 'CREATE' | 'UPDATE' | 'ROLLBACK' | 'DELETE' | 'CHECK';

/** How far it got. */
export type Status = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

/** What a wait condition handle was told, by the id of who told it. */
export interface Signal {
  status: string;
  reason: string;
  data: unknown;
}

/** A resource of a stack. */
export interface Resource {
  readonly name: string;
  type: string;
  /** The name that Heat makes up for it. */
  physicalName: string;
  /** The id of what it stands for; empty until that exists. */
  physicalId: string;
  action: Action;
  status: Status;
  reason: string;
  createdAt: Date;
  updatedAt: Date;
  /** The properties as they were when it was last created or updated. */
  properties: Record<string, unknown>;
  requiredBy: string[];
  /** What the type itself wants to remember. */
  readonly data: Map<string, unknown>;
  readonly signals: Map<string, Signal>;
  nestedStackId: string | undefined;
}

/** Something that happened to a resource, or to the stack itself. */
export interface HeatEvent {
  readonly id: string;
  readonly at: Date;
  readonly stackId: string;
  readonly resourceName: string;
  readonly resourceType: string;
  readonly physicalId: string;
  /** Such as CREATE_COMPLETE. */
  readonly status: string;
  readonly reason: string;
}

/** What a stack is made of, or is to become. */
export interface StackSource {
  template: Template;
  files: Readonly<Record<string, string>>;
  given: Record<string, unknown>;
  tags: string[];
  timeoutMinutes: number | null;
}

/** A stack, at the top or nested in a resource of another. */
export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly owner: Caller;
  readonly parent: { stackId: string; resource: string } | undefined;
  /** The stack at the top; its own id for that. */
  readonly rootId: string;
  /** The project, in Heat's own domain, of the users that signal. */
  readonly userProjectId: string;
  /** What it was before the update that is under way. */
  before: StackSource | undefined;
  /** As it was written. */
  template: Template;
  /** What it comes to with the parameters: without what conditions leave out. */
  active: Template;
  files: Readonly<Record<string, string>>;
  /** What the creator gave. */
  given: Record<string, unknown>;
  /** What the template gets: given, default, converted. */
  parameters: ReadonlyMap<string, unknown>;
  tags: string[];
  timeoutMinutes: number | null;
  action: Action;
  status: Status;
  reason: string;
  readonly createdAt: Date;
  updatedAt: Date | undefined;
  deletedAt: Date | undefined;
  readonly resources: Map<string, Resource>;
  traversal: Traversal | undefined;
}

/** One run over a stack's resources. */
export interface Traversal {
  /** Fires when the run is to stop where it is: the stack is being deleted, or took too long. */
  readonly abort: AbortController;
  /** Set when a later run takes over: this one starts nothing more. */
  superseded: boolean;
  /** Settles when nothing of the run is at work any more. */
  settled: Promise<void>;
}

/** A software configuration. */
export interface SoftwareConfig {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly group: string;
  readonly config: string;
  readonly createdAt: Date;
}

/** What Heat keeps. Deleted stacks stay, as they do in Heat until they are purged. */
export interface HeatState {
  readonly stacks: Map<string, Stack>;
  /** Of all stacks, in order. */
  readonly events: HeatEvent[];
  readonly softwareConfigs: Map<string, SoftwareConfig>;
}

/** A Heat without stacks. */
export function newHeat(): HeatState {
  return { stacks: new Map(), events: [], softwareConfigs: new Map() };
}
