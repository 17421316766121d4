import { at, eventually, type Person } from './support.ts';

/** A stack of a test, as somebody sees it. */
export interface TestStack {
  name: string;
  id: string;
  /** Below /stacks of Heat. */
  path: string;
}

/** What of a stack a test looks at. */
export interface Seen {
  status: string;
  reason: string;
  outputs: Record<string, unknown>;
}

/** Creates a stack of resources that are given in the short form of a template. */
export async function createStack(
  person: Person,
  name: string,
  template: object,
  more: object = {},
): Promise<TestStack> {
  const body = { stack_name: name, template: { heat_template_version: '2021-04-16', ...template }, ...more };
  const answer = await person.ask('orchestration', 'POST', '/stacks', body);
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  const id = String(at(answer.body, 'stack', 'id'));
  return { name, id, path: `/stacks/${name}/${id}` };
}

/** How a stack is. */
export async function seeStack(person: Person, stack: TestStack): Promise<Seen> {
  const { body } = await person.ask('orchestration', 'GET', stack.path);
  const outputs = (at(body, 'stack', 'outputs') ?? []) as { output_key: string; output_value: unknown }[];
  return {
    status: String(at(body, 'stack', 'stack_status')),
    reason: String(at(body, 'stack', 'stack_status_reason')),
    outputs: Object.fromEntries(outputs.map((output) => [output.output_key, output.output_value])),
  };
}

/** Waits until a stack has come to rest. */
export function settled(person: Person, stack: TestStack): Promise<Seen> {
  return eventually(async () => {
    const seen = await seeStack(person, stack);
    return seen.status.endsWith('IN_PROGRESS') ? undefined : seen;
  });
}

/** Waits until a stack has a state. */
export function inState(person: Person, stack: TestStack, status: string): Promise<Seen> {
  return eventually(async () => {
    const seen = await seeStack(person, stack);
    return seen.status === status ? seen : undefined;
  });
}

/** The events of a stack and those in it, oldest first, as `name STATUS`. */
export async function eventsOf(person: Person, stack: TestStack): Promise<string[]> {
  const { body } = await person.ask('orchestration', 'GET', `${stack.path}/events?sort_dir=asc&nested_depth=5`);
  const events = at(body, 'events') as { resource_name: string; resource_status: string }[];
  return events.map((event) => `${event.resource_name} ${event.resource_status}`);
}
