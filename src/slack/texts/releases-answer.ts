import type { StoredRelease } from '../../clusters/stored-release.ts';
import { type Block, header, type Message, section, context as smallPrint } from '../views/blocks.ts';
import { oneLine } from '../views/mrkdwn.ts';
import { age, bytes, count } from '../views/quantities.ts';
import { textTable } from '../views/text-table.ts';
import { commandText } from './cluster-texts.ts';
import { shortCommit } from './step-texts.ts';

/** What the Swift of one cloud has, or why that is not known. */
export interface ReleaseStore {
  readonly cloud: string;
  readonly releases: readonly StoredRelease[];
  readonly problem?: { readonly text: string; readonly hint?: string | undefined };
}

/** A message of Slack's holds more, but nobody reads it. */
const longestInAll = 9_000;
const longestTable = 2_800;
const cloudsShown = 10;

/** What is kept in Swift, a table for each cloud. `now` in milliseconds since the epoch. Pure. */
export function releasesAnswer(stores: readonly ReleaseStore[], now: number): Message {
  if (stores.length === 0) {
    const text = '– clusters.yaml uses no cloud yet, so nothing is kept anywhere.';
    return { text, blocks: [section(text)] };
  }
  const each = Math.min(longestTable, Math.floor(longestInAll / Math.min(cloudsShown, stores.length)));
  const more = stores.length - cloudsShown;
  return {
    text: stores
      .map((store) => oneLine(title(store), 200))
      .join('; ')
      .slice(0, 2_900),
    blocks: [
      ...stores.slice(0, cloudsShown).flatMap((store) => storeBlocks(store, each, now)),
      smallPrint(
        more > 0
          ? `and ${more} more: ${commandText('releases', 'CLOUD')} shows one`
          : `${commandText('up', 'CLUSTER')} takes what is here instead of making it again`,
      ),
    ],
  };
}

function title({ cloud, releases, problem }: ReleaseStore): string {
  if (problem !== undefined) return `${cloud} · not known`;
  const size = releases.reduce((sum, release) => sum + release.bytes, 0);
  return `${cloud} · ${count(releases.length, 'release')}${releases.length === 0 ? '' : `, ${bytes(size)}`}`;
}

function storeBlocks(store: ReleaseStore, max: number, now: number): Block[] {
  return [header(title(store)), section(storeText(store, max, now))];
}

function storeText({ releases, problem }: ReleaseStore, max: number, now: number): string {
  if (problem !== undefined) {
    return `✗ ${oneLine(problem.text, 500)}${problem.hint === undefined ? '' : `\n→ ${oneLine(problem.hint, 300)}`}`;
  }
  if (releases.length === 0) return `– Nothing is kept yet. The first ${commandText('up', 'CLUSTER')} makes a release.`;
  return textTable(
    ['VERSION', 'COMMIT', 'SIZE', 'AGE', 'USED BY'],
    releases.map((release) => row(release, now)),
    max,
  );
}

const usualPlatform = 'linux/amd64';

function row({ version, commit, platform, bytes: size, madeAt, usedBy, goesAt }: StoredRelease, now: number): string[] {
  return [
    `${version.slice(0, 60)}${platform === usualPlatform ? '' : ` ${platform.slice(0, 30)}`}`,
    commit === undefined ? 'official' : shortCommit(commit),
    bytes(size),
    age(now - madeAt),
    usedBy.length > 0 ? users(usedBy) : unused(goesAt, now),
  ];
}

const usersShown = 3;

function users(names: readonly string[]): string {
  const more = names.length - usersShown;
  const shown = names.slice(0, usersShown).map((name) => name.slice(0, 40));
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** "unused; goes in 12 days". */
function unused(goesAt: number | undefined, now: number): string {
  if (goesAt === undefined) return 'unused';
  return goesAt <= now ? 'unused; goes soon' : `unused; goes in ${age(goesAt - now)}`;
}
