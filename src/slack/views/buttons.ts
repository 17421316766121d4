import type { types } from '@slack/bolt';
import type { Cluster } from '../../clusters/cluster.ts';
import { stackName } from '../../clusters/names.ts';
import { gibOf, type RemovableVolume } from '../../clusters/removal.ts';
import { type ButtonValue, buttonValue } from './button-value.ts';
import { allOf } from './mrkdwn.ts';
import { count } from './quantities.ts';

/** The buttons' ids: old cards carry them for ever, so renaming one leaves dead buttons behind. */
export const actionIds = {
  approve: 'approve',
  deny: 'deny',
  change: 'change',
  tearDown: 'tear-down',
  tearDownWithVolumes: 'tear-down-with-volumes',
  cancel: 'cancel',
  log: 'log',
  kubeconfig: 'kubeconfig',
  pods: 'pods',
  retry: 'retry',
  extend: 'extend',
  keep: 'keep',
  topology: 'topology',
  bringUp: 'bring-up',
  scale: 'scale',
  tellMe: 'tell-me',
} as const;

/** The button that approves a plan, and none that takes its place later. */
export function approveButton(value: ButtonValue): types.Button {
  return {
    type: 'button',
    action_id: actionIds.approve,
    style: 'primary',
    text: label('Approve'),
    value: buttonValue(value),
  };
}

/** The button that asks why a request is denied, and then denies it. */
export function denyButton(value: ButtonValue): types.Button {
  return {
    type: 'button',
    action_id: actionIds.deny,
    style: 'danger',
    text: label('Deny'),
    value: buttonValue(value),
  };
}

/** The button that opens the form of a request again. */
export function changeButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.change, text: label('Change'), value: buttonValue(value) };
}

/** The button that stops a deployment; `title` of its dialog may have 100 characters, and `question` 300. */
export function cancelButton(deployment: string, title: string, question: string): types.Button {
  return {
    type: 'button',
    action_id: actionIds.cancel,
    text: label('Cancel'),
    value: buttonValue({ deployment }),
    confirm: {
      title: label(title),
      text: { type: 'mrkdwn', text: question },
      // "Cancel" would be either answer to the question.
      confirm: label('Stop it'),
      deny: label('Go on'),
      style: 'danger',
    },
  };
}

/** The button that has somebody told when a deployment is over. */
export function tellMeButton(deployment: string): types.Button {
  return {
    type: 'button',
    action_id: actionIds.tellMe,
    text: label('Tell me when it is free'),
    value: buttonValue({ deployment }),
  };
}

/** The button that keeps a cluster for its usual time from now. */
export function extendButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.extend, text: label('Extend'), value: buttonValue(value) };
}

/** The button that asks until when a cluster is kept. */
export function keepButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.keep, text: label('Keep until…'), value: buttonValue(value) };
}

/** The button that goes on with a failed deployment from the step that failed. */
export function retryButton(deployment: string): types.Button {
  return {
    type: 'button',
    action_id: actionIds.retry,
    style: 'primary',
    text: label('Retry'),
    value: buttonValue({ deployment }),
  };
}

/** The button that posts the end of a build's log to the thread. */
export function logButton(deployment: string): types.Button {
  return { type: 'button', action_id: actionIds.log, text: label('Log'), value: buttonValue({ deployment }) };
}

/** The button that sends whoever clicks it a credential of their own. */
export function kubeconfigButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.kubeconfig, text: label('Kubeconfig'), value: buttonValue(value) };
}

/** The button that shows whoever clicks it the nodes and pods as they are now. */
export function podsButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.pods, text: label('Pods'), value: buttonValue(value) };
}

/** The button that posts a picture of what the cluster is made of to the thread. */
export function topologyButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.topology, text: label('Topology'), value: buttonValue(value) };
}

/** The button that asks for another number of nodes. */
export function scaleButton(value: ButtonValue): types.Button {
  return { type: 'button', action_id: actionIds.scale, text: label('Scale'), value: buttonValue(value) };
}

/** What is about to be lost, as far as it is known. */
export interface Removal {
  readonly cluster: string;
  /** Names of the nodes without the control plane; undefined when nobody knows. */
  readonly nodes: readonly string[] | undefined;
  readonly value: ButtonValue;
}

/** The button that opens the form of an up. */
export function bringUpButton(): types.Button {
  return { type: 'button', action_id: actionIds.bringUp, style: 'primary', text: label('Bring up a cluster') };
}

/** What goes with a cluster as it is known. No nodes stand for "not known": a stack may never have become complete. */
export function removalOf({ name, deployment, nodes }: Cluster): Removal {
  const value = { cluster: name, deployment };
  return { cluster: name, nodes: nodes.length === 0 ? undefined : nodes, value };
}

/** The button that removes a cluster; its dialog names what goes. */
export function tearDownButton({ cluster, nodes, value }: Removal): types.Button {
  return {
    type: 'button',
    action_id: actionIds.tearDown,
    style: 'danger',
    text: label(`Tear down ${cluster}`),
    value: buttonValue(value),
    confirm: {
      title: label(`Tear down ${cluster}?`),
      text: { type: 'mrkdwn', text: removalText(cluster, nodes) },
      // Slack allows 30 characters here, and a cluster's name may have as many.
      confirm: label('Tear down'),
      deny: label('Keep it'),
      style: 'danger',
    },
  };
}

/** The button that removes a cluster and what it has stored; its dialog says how much that is. */
export function tearDownWithVolumesButton(removal: Removal, volumes: readonly RemovableVolume[]): types.Button {
  const { cluster, nodes, value } = removal;
  const lost = `${count(volumes.length, 'volume')} with ${gibOf(volumes)} GiB`;
  return {
    type: 'button',
    action_id: actionIds.tearDownWithVolumes,
    style: 'danger',
    text: label(`Tear down with ${count(volumes.length, 'volume')}`),
    value: buttonValue(value),
    confirm: {
      title: label(`Tear down ${cluster}?`),
      text: { type: 'mrkdwn', text: `${lost} and all that is stored there is lost. ${removalText(cluster, nodes)}` },
      confirm: label('Tear down'),
      deny: label('Keep it'),
      style: 'danger',
    },
  };
}

const namesShown = 3;
const longestNames = 120;

function removalText(cluster: string, nodes: readonly string[] | undefined): string {
  const servers = ['the control plane', ...(nodes === undefined ? ['all nodes'] : nodeNames(nodes))];
  return `The stack \`${stackName(cluster)}\` goes with ${allOf(servers)}, and all that runs there. This cannot be undone.`;
}

function nodeNames(nodes: readonly string[]): string[] {
  if (nodes.length === 0) return [];
  const names = nodes.slice(0, namesShown).map((name) => `\`${name.replaceAll(/[^\w.-]/g, '')}\``);
  const short = nodes.length <= namesShown && names.join(', ').length <= longestNames;
  return short ? names : [count(nodes.length, 'node')];
}

function label(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}
