import { describe, expect, it } from 'vitest';
import { formMemory, parseMemory } from '../../../src/slack/views/form-memory.ts';

describe('what a form keeps', () => {
  it.each([
    [{ channel: 'C0DEPLOYS', deployment: 'staging-abc', cluster: 'staging', revision: 3 }],
    [{ channel: 'C0DEPLOYS' }],
    [{ deployment: 'staging-abc' }],
    [{}],
  ])('comes back as it was: %j', (memory) => {
    expect(parseMemory(formMemory(memory))).toEqual(memory);
  });

  it.each(['', 'null', '7', '{"ch":"<!channel>"}', '{"ch":7,"v":{}}', '{"v":"{"}'])(
    'is nothing when somebody has tampered with it: %s',
    (packed) => {
      expect(parseMemory(packed)).toEqual({});
    },
  );
});
