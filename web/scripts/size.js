// Prints what a viewer's browser loads, compressed, and fails past the budget.

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Kilobytes (1,000 bytes) of gzip: before the first chart, and with everything. */
const BUDGET = { first: 60, all: 350 };

/** @param {string} dist */
export async function checkSizes(dist) {
  const chunks = (await readdir(`${dist}/assets`)).filter((name) =>
    /^(chart|calendar)-.*\.js$/.test(name),
  );
  const first = await kilobytes(`${dist}/bundle.js`);
  let all = first;
  for (const name of chunks) all += await kilobytes(`${dist}/assets/${name}`);
  console.log(`before the first chart   ${first.toFixed(1)} kB gzip (budget ${BUDGET.first})`);
  console.log(`with all that is loaded  ${all.toFixed(1)} kB gzip (budget ${BUDGET.all})`);
  if (first > BUDGET.first || all > BUDGET.all) {
    console.error('The bundle is over its budget.');
    process.exitCode = 1;
  }
}

/** @param {string} file */
async function kilobytes(file) {
  return gzipSync(await readFile(file), { level: 9 }).length / 1000;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await checkSizes(fileURLToPath(new URL('../dist', import.meta.url)));
}
