import type { Verb } from '../../clusters/verbs.ts';
import { oneLine } from '../views/mrkdwn.ts';

/** What a verb does, after "You may not", with a cluster and without one. */
const words: Readonly<Record<Verb, readonly [of: (cluster: string) => string, any: string]>> = {
  up: [(cluster) => `bring ${cluster} up`, 'bring clusters up'],
  down: [(cluster) => `tear ${cluster} down`, 'tear clusters down'],
  cancel: [(cluster) => `cancel what is under way for ${cluster}`, 'cancel what is under way'],
  retry: [(cluster) => `try ${cluster} again`, 'try anything again'],
  extend: [(cluster) => `keep ${cluster} for longer`, 'keep clusters for longer'],
  scale: [(cluster) => `scale ${cluster}`, 'scale clusters'],
  upgrade: [(cluster) => `upgrade ${cluster}`, 'upgrade clusters'],
  plan: [(cluster) => `see a plan of ${cluster}`, 'see plans'],
  status: [(cluster) => `see how ${cluster} is`, 'see how clusters are'],
  list: [(cluster) => `see ${cluster}`, 'see which clusters there are'],
  pods: [(cluster) => `see what runs in ${cluster}`, 'see what runs in clusters'],
  topology: [(cluster) => `see what ${cluster} is made of`, 'see what clusters are made of'],
  kubeconfig: [(cluster) => `have a kubeconfig for ${cluster}`, 'have a kubeconfig'],
  logs: [(cluster) => `see logs of ${cluster}`, 'see logs'],
  releases: [() => 'see releases', 'see releases'],
  doctor: [() => 'see how clouds are', 'see how clouds are'],
  history: [(cluster) => `see the history of ${cluster}`, 'see the history'],
  approve: [() => 'approve this', 'approve this'],
  deny: [() => 'deny this', 'deny this'],
  change: [() => 'change this', 'change this'],
  form: [() => 'see this', 'see this'],
  'tell-me': [(cluster) => `be told of ${cluster}`, 'be told'],
  help: [() => 'see this', 'see this'],
};

/** "bring staging up", "bring clusters up" without a cluster. */
export function verbText(verb: Verb, cluster: string | undefined): string {
  const [of, any] = words[verb];
  return cluster === undefined ? any : of(oneLine(cluster, 60));
}
