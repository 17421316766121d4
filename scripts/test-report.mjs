// `node scripts/test-report.mjs REPORT`: what a JSON report of vitest comes to. The first line has the numbers of tests
// that passed and failed, what follows names each that failed, with how its messages begin.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';

/** Lines of a failed test's message that are shown: an assertion's difference, and where it stands. */
const shownLines = 16;

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
console.log(report.numPassedTests, report.numFailedTests);
for (const file of report.testResults.filter(({ status }) => status === 'failed')) {
  const path = relative(process.cwd(), file.name);
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  for (const test of failed) tell(`${path} > ${test.fullName}`, test.failureMessages);
  // A file that could not be loaded has a message of its own. Of a hook that failed the report says nothing.
  if (failed.length === 0) tell(path, [file.message || 'outside of its tests, in a hook; its own output says more']);
}

function tell(title, messages) {
  console.log(`failed: ${title}`);
  for (const message of messages) for (const line of linesOf(message).slice(0, shownLines)) console.log(`    ${line}`);
}

function linesOf(message) {
  const isOurs = (line) => !/^\s+at .*node_modules/.test(line) && !/^\s+at new Promise /.test(line);
  return stripVTControlCharacters(message).split('\n').filter(isOurs);
}
