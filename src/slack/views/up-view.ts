import type { types } from '@slack/bolt';
import type { Changeable } from '../../clusters/change.ts';
import type { ClusterSpec } from '../../clusters/cluster-spec.ts';
import { durationText } from '../../clusters/duration.ts';
import { formIds } from '../forms/form-ids.ts';
import { inputs } from '../forms/inputs.ts';
import { whyFixedVersion } from '../override.ts';
import type { Standing } from '../standing.ts';
import { nodesText, sourceText } from '../texts/cluster-texts.ts';
import {
  approvalText,
  changeText,
  fixedText,
  lifetimeHint,
  lifetimeText,
  madeOfText,
  nodesHint,
  onlyByText,
  takenText,
  unlistedText,
  versionHint,
} from '../texts/form-texts.ts';
import { type Block, context, section } from './blocks.ts';
import type { FormMemory } from './form-memory.ts';
import { formLimits, input, modal, plain } from './modal.ts';
import { oneLine } from './mrkdwn.ts';

/** A cluster that can be chosen. */
export interface OfferedCluster {
  readonly name: string;
  readonly version: string;
  readonly nodes: number;
}

/** What can be chosen, and what cannot now. */
export interface Offer {
  readonly free: readonly OfferedCluster[];
  readonly others: readonly Standing[];
}

/** A cluster with what its reader may not ask for otherwise, and who may. */
export interface UpChoice {
  readonly spec: ClusterSpec;
  readonly refused: ReadonlyMap<Changeable, { readonly named: readonly string[] }>;
}

/** Asks which cluster is to be brought up, and with what of that which its reader may change. Pure. */
export function upView({ free, others }: Offer, choice: UpChoice, memory: FormMemory): types.ModalView {
  return modal({
    id: formIds.up,
    title: 'Bring a cluster up',
    submit: 'Make a plan',
    memory: { ...memory, cluster: choice.spec.name },
    blocks: [
      clusterInput(free, choice.spec.name),
      ...(others.length > 0 ? [context(takenText(others))] : []),
      ...(free.length > formLimits.options ? [context(unlistedText(free.length - formLimits.options))] : []),
      ...wishBlocks(choice),
      context(approvalText()),
    ],
  });
}

/** Asks for something else in the place of what a request asks for. Pure. */
export function changeView(choice: UpChoice, memory: FormMemory): types.ModalView {
  return modal({
    id: formIds.change,
    title: 'Change the request',
    submit: 'Make a new plan',
    memory: { ...memory, cluster: choice.spec.name },
    blocks: [section(changeText(choice.spec.name)), ...wishBlocks(choice)],
  });
}

function clusterInput(free: readonly OfferedCluster[], chosen: string): Block {
  const first = free.filter(({ name }) => name === chosen);
  const options = [...first, ...free.filter(({ name }) => name !== chosen)].slice(0, formLimits.options).map(optionOf);
  return input({
    blockId: 'cluster',
    label: 'Cluster',
    dispatches: true,
    element: {
      type: 'static_select',
      action_id: inputs.cluster,
      options: options.sort((a, b) => a.value.localeCompare(b.value)),
      ...(first[0] && { initial_option: optionOf(first[0]) }),
    },
  });
}

function optionOf({ name, version, nodes }: OfferedCluster) {
  const description = `Kubernetes ${version}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  return {
    text: plain(name, formLimits.option),
    value: name,
    description: plain(description, formLimits.option),
  };
}

/** What the cluster is made of, and what of it can be asked for otherwise. */
function wishBlocks(choice: UpChoice): Block[] {
  return [context(madeOfText(choice.spec)), versionBlock(choice), nodesBlock(choice), lifetimeBlock(choice)];
}

function versionBlock({ spec, refused }: UpChoice): Block {
  const { version, source } = spec.kubernetes;
  const shown = `${oneLine(version, 200)}, ${sourceText(spec)}`;
  const fixed = whyFixedVersion(spec);
  if (fixed !== undefined) return section(fixedText('Kubernetes', shown, fixed));
  const by = refused.get('version');
  if (by !== undefined) return section(fixedText('Kubernetes', shown, onlyByText(by.named)));
  return input({
    blockId: `version-${spec.name}`,
    label: 'Kubernetes',
    hint: versionHint(source),
    element: { type: 'plain_text_input', action_id: inputs.version, initial_value: version, max_length: 200 },
  });
}

function nodesBlock({ spec, refused }: UpChoice): Block {
  const by = refused.get('nodes');
  if (by !== undefined) return section(fixedText('Nodes', nodesText(spec), onlyByText(by.named)));
  const { count, max } = spec.nodes;
  return input({
    blockId: `nodes-${spec.name}`,
    label: 'Nodes',
    hint: nodesHint(spec.nodes.max),
    element: {
      type: 'number_input',
      action_id: inputs.nodes,
      is_decimal_allowed: false,
      initial_value: String(count),
      min_value: '0',
      max_value: String(max),
    },
  });
}

function lifetimeBlock({ spec, refused }: UpChoice): Block {
  const usualMs = spec.lifetime?.defaultMs;
  if (spec.protected) return section(fixedText('Lifetime', lifetimeText(undefined), 'the cluster is protected'));
  const by = refused.get('ttl');
  if (by !== undefined) return section(fixedText('Lifetime', lifetimeText(usualMs), onlyByText(by.named)));
  return input({
    blockId: `ttl-${spec.name}`,
    label: 'Lifetime',
    hint: lifetimeHint(spec),
    optional: usualMs === undefined,
    element: {
      type: 'plain_text_input',
      action_id: inputs.ttl,
      max_length: 40,
      ...(usualMs !== undefined && { initial_value: durationText(usualMs) }),
    },
  });
}
