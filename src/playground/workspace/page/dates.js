const formats = {
  date: { month: 'long', day: 'numeric' },
  date_short: { month: 'short', day: 'numeric', year: 'numeric' },
  date_long: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  date_long_full: { month: 'long', day: 'numeric', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

/** The text of one token of Slack's date formats, such as {date_short_pretty}; unknown tokens stay. */
function token(name, date, whole) {
  if (name === 'date_num') return date.toISOString().slice(0, 10);
  if (name === 'ago') return ago(date);
  const plain = name.replace(/_pretty$/, '');
  if (!Object.hasOwn(formats, plain)) return whole;
  const relative = plain === name ? undefined : relativeDay(date);
  return relative ?? date.toLocaleString(undefined, formats[plain]);
}

/** Writes a date as the format wishes: `{date_short} at {time}`. */
export function formatDate(seconds, format) {
  const date = new Date(seconds * 1000);
  return format.replaceAll(/\{([a-z_]+)\}/g, (whole, name) => token(name, date, whole));
}

/** today, yesterday, tomorrow, or undefined. */
export function relativeDay(date) {
  const day = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  const days = Math.round((day(date) - day(new Date())) / 86_400_000);
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
}

/** "3 minutes ago", "in 2 hours". */
function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ]) {
    if (Math.abs(seconds) >= length) return words.format(Math.round(seconds / length), unit);
  }
  return seconds < 0 ? 'just now' : 'in a moment';
}

/** The moment of a message. */
export function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}
