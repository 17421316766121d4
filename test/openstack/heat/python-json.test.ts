import { describe, expect, it } from 'vitest';
import { pythonJson } from '../../../src/openstack/heat/python-json.ts';

describe('pythonJson', () => {
  // Each as python3 -c 'import json; print(json.dumps(...))' prints it.
  it.each([
    [{}, '{}'],
    [[], '[]'],
    [{ a: 1, b: [true, null, 'c'] }, '{"a": 1, "b": [true, null, "c"]}'],
    ['a "quoted"\\\n\tline/', '"a \\"quoted\\"\\\\\\n\\tline/"'],
    ['é\u007f\u0001🛥', '"\\u00e9\\u007f\\u0001\\ud83d\\udee5"'],
    [{ é: 'a' }, '{"\\u00e9": "a"}'],
  ])('writes %j as Python does', (value, json) => {
    expect(pythonJson(value)).toBe(json);
  });

  it('writes nothing for what is not known', () => {
    expect(pythonJson({ a: undefined, b: [undefined, 1] })).toBe('{"a": , "b": [, 1]}');
  });
});
