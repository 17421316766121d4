import { commandText } from './cluster-texts.ts';

/** The words of the App Home tab. */
export const homeTexts = {
  mine: {
    title: 'My clusters',
    none: `– You have asked for none that is there. ${commandText('up', 'CLUSTER')} in a channel brings one up.`,
  },
  waiting: { title: 'Waiting for my approval', none: '– Nothing waits for you.' },
  running: { title: 'Running now', none: '– Nothing is under way.' },
  recent: { title: 'Recent', none: '– Nothing has ended of late.' },
  more: (number: number) => `and ${number} more; ${commandText('list')} in a channel shows all.`,
  asOf: (time: string) => `As of ${time}; open the tab again for what is new.`,
} as const;
