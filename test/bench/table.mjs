const mebibyte = 1024 * 1024;

const forms = {
  wall: (value) => `${value.toFixed(1)} s`,
  cpu: (value) => `${value.toFixed(1)} s`,
  memory: (value) => `${Math.round(value / mebibyte)} MiB`,
};

/** The contests as a table: a line each for Slipway and for the other, medians with the spread behind them. */
export function table(contests) {
  const rows = contests.flatMap(({ title, slipway, other }) => [
    [title, 'Slipway', ...cells(slipway.summary)],
    ['', other.name, ...cells(other.summary)],
  ]);
  const all = [['', '', 'wall time', 'CPU time', 'peak memory'], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(summary) {
  return Object.entries(forms).map(([quantity, form]) => {
    if (summary[quantity] === undefined) return '';
    const { median, least, most } = summary[quantity];
    return `${form(median)} (${form(least)} … ${form(most)})`;
  });
}
