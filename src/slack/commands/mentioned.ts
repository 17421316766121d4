/** Ids as Slack makes them: of people, user groups and channels. */
const id = '[A-Z0-9]{2,30}';

/**
 * A line with Slack's marks made plain: a mention of somebody as "@U0123", of a user group as "@S0123", of a channel as
 * "#C0123", a link as its address, and the three characters that Slack escapes as they are.
 */
export function plainLine(text: string): string {
  return text
    .replaceAll(new RegExp(`<([@#])(${id})(?:\\|[^>]*)?>`, 'g'), ' $1$2 ')
    .replaceAll(new RegExp(`<!subteam\\^(${id})(?:\\|[^>]*)?>`, 'g'), ' @$1 ')
    .replaceAll(/<(https?:[^>|]*|mailto:[^>|]*)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

const mentioned = new RegExp(`^[@#]${id}$`);

/** True for a word that a mention has become: it is an id, in which capitals count. */
export function isMention(word: string): boolean {
  return mentioned.test(word);
}

/** The id of the person or user group that a word mentions; undefined for any other word. */
export function mentionedPerson(word: string): string | undefined {
  return isMention(word) && word.startsWith('@') ? word.slice(1) : undefined;
}

/** The id of the channel that a word mentions; undefined for any other word. */
export function mentionedChannel(word: string): string | undefined {
  return isMention(word) && word.startsWith('#') ? word.slice(1) : undefined;
}
