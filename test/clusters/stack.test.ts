import { describe, expect, it } from 'vitest';
import { parseStackLabel, parseStackOutputs, stackLabel, stackParameters } from '../../src/clusters/stack.ts';
import { deploymentAfter, requestedStaging } from '../support/fixtures.ts';
import { someStackInputs } from '../support/stack-inputs.ts';

const deployment = deploymentAfter(requestedStaging);
const ref = { id: 'stack-id', name: 'slipway-staging' };

describe('the label of a stack', () => {
  it('comes back from the text that Heat shows', () => {
    const label = stackLabel(deployment, 'v1.34.2');

    expect(parseStackLabel({ slipway: JSON.stringify(label) })).toEqual(label);
  });

  it.each([
    ['without the parameter', {}],
    ['with something that is no JSON', { slipway: '{' }],
    ['with JSON of somebody else', { slipway: '{"cluster": 7}' }],
  ])('is none of a foreign stack %s', (_what, parameters) => {
    expect(parseStackLabel(parameters)).toBeUndefined();
  });

  it('holds no secret', () => {
    const parameters = stackParameters(deployment, someStackInputs);

    expect(JSON.stringify(parameters.release_objects)).toContain('temp_url_sig');
    expect(JSON.stringify(parameters.slipway)).not.toContain('temp_url_sig');
  });
});

describe('the outputs of a stack', () => {
  it.each([
    ['a map by member', { b: 'node-2', a: 'node-1' }],
    ['a list', ['node-2', 'node-1']],
  ])('name the nodes from %s', (_what, names) => {
    expect(parseStackOutputs(ref, { node_names: names, api_url: 'https://a:6443', api_address: 'a' })).toEqual({
      ...ref,
      apiAddress: 'a',
      apiUrl: 'https://a:6443',
      nodes: ['node-1', 'node-2'],
    });
  });

  it('name no nodes where Heat has none', () => {
    expect(parseStackOutputs(ref, { node_names: null }).nodes).toEqual([]);
  });
});
