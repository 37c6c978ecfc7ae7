// Builds everything into dist/ (what the server embeds) and dist-smoke/ (what e2e opens).
//
// bundle.js is a classic script, which cannot be split; so what is loaded later is built first, as
// modules of their own, and their hashed names are put into the bundle.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { renameCalendar } from './own-names.js';
import { buildRenderScript } from './render-script.js';
import { checkSizes } from './size.js';
import { buildSmokePages } from './smoke.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist`;

/** @type {import('vite').InlineConfig} */
const shared = {
  root,
  configFile: false,
  logLevel: 'warn',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [renameCalendar()],
};

/** @type {import('vite').BuildOptions} */
const output = {
  outDir: dist,
  emptyOutDir: false,
  target: 'es2022',
  modulePreload: false,
  // The budget is checked compressed, by size.js.
  chunkSizeWarningLimit: 1000,
};

await rm(dist, { recursive: true, force: true });
const chart = await buildChunk('chart');
const calendar = await buildChunk('calendar');
await buildBundle({ chart, calendar });
await buildPages();
await buildSmokePages();
await compress(dist);
// The server runs this one and sends it to nobody.
await buildRenderScript();
await checkSizes(dist);

/**
 * A module that the bundle loads when needed; answers its file name.
 *
 * @param {string} name
 */
async function buildChunk(name) {
  const built = await build({
    ...shared,
    build: {
      ...output,
      rolldownOptions: {
        input: `${root}elements/${name}-engine.ts`,
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: `assets/${name}-[hash].js` },
      },
    },
  });
  return fileNames(built)[0]?.replace('assets/', '') ?? '';
}

/** @param {Record<string, string>} chunks */
async function buildBundle(chunks) {
  await build({
    ...shared,
    define: { ...shared.define, __CHUNKS__: JSON.stringify(chunks) },
    build: {
      ...output,
      rolldownOptions: {
        input: `${root}elements/bundle.ts`,
        output: { format: 'iife', entryFileNames: 'bundle.js' },
      },
    },
  });
}

/** The demo's front page and the iframe page: HTML that the server fills in, and its files. */
async function buildPages() {
  const icon = await readFile(`${root}pages/icon.svg`);
  await writeFile(`${dist}/assets/icon.svg`, icon);
  for (const page of ['demo', 'iframe']) {
    const built = await build({
      ...shared,
      root: `${root}${page}`,
      build: {
        ...output,
        rolldownOptions: {
          input: `${root}${page}/${page}.ts`,
          output: {
            entryFileNames: `assets/${page}-[hash].js`,
            assetFileNames: `assets/${page}-[hash][extname]`,
          },
        },
      },
    });
    await writeHtml(page, fileNames(built));
  }
}

/**
 * The page's HTML with the hashed names of its files.
 *
 * @param {string} page
 * @param {string[]} files
 */
async function writeHtml(page, files) {
  let html = await readFile(`${root}${page}/index.html`, 'utf8');
  for (const file of files) {
    html = html.replaceAll(file.replace(/-[^-.]{8,}(\.\w+)$/, '$1'), file);
  }
  await mkdir(`${dist}/${page}`, { recursive: true });
  await writeFile(`${dist}/${page}/index.html`, html);
}

/**
 * Leaves a compressed copy beside every text file, for the server to send.
 *
 * @param {string} folder
 */
async function compress(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
    const file = `${entry.parentPath}/${entry.name}`;
    await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
  }
}

/** @param {Awaited<ReturnType<typeof build>>} built */
function fileNames(built) {
  const [result] = Array.isArray(built) ? built : [built];
  if (!result || !('output' in result)) throw new Error('the build left no files');
  return result.output.map(({ fileName }) => fileName);
}
