// Builds everything into dist/ (what the server embeds) and dist-smoke/ (what e2e opens).
//
// bundle.js is a classic script, which cannot be split; so the chart engine is built first, as a
// module of its own, and its hashed name is put into the bundle.

import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
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
};

await rm(dist, { recursive: true, force: true });
const engine = await buildChartEngine();
await buildBundle(engine);
await buildPages();
await buildSmokePages();
await checkSizes(dist);

async function buildChartEngine() {
  const output = await build({
    ...shared,
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: 'es2022',
      // The budget is checked compressed, by size.js.
      chunkSizeWarningLimit: 1000,
      modulePreload: false,
      rolldownOptions: {
        input: `${root}elements/chart-engine.ts`,
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'assets/chart-[hash].js' },
      },
    },
  });
  return entryName(output).replace('assets/', '');
}

/** @param {string} engine */
async function buildBundle(engine) {
  await build({
    ...shared,
    define: { ...shared.define, __CHART_ENGINE__: JSON.stringify(engine) },
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: `${root}elements/bundle.ts`,
        output: { format: 'iife', entryFileNames: 'bundle.js' },
      },
    },
  });
}

/** The demo's front page and the iframe page: small scripts beside HTML that the server serves. */
async function buildPages() {
  for (const page of ['demo', 'iframe']) {
    await build({
      ...shared,
      root: `${root}${page}`,
      base: './',
      build: {
        outDir: dist,
        emptyOutDir: false,
        target: 'es2022',
        modulePreload: false,
        rolldownOptions: {
          input: `${root}${page}/${page}.ts`,
          output: {
            entryFileNames: `assets/${page}.js`,
            assetFileNames: `assets/${page}[extname]`,
          },
        },
      },
    });
    await copyHtml(page);
  }
  await cp(`${root}pages/icon.svg`, `${dist}/assets/icon.svg`);
}

/** @param {string} page */
async function copyHtml(page) {
  await mkdir(`${dist}/${page}`, { recursive: true });
  await cp(`${root}${page}/index.html`, `${dist}/${page}/index.html`);
}

/** @param {Awaited<ReturnType<typeof build>>} output */
function entryName(output) {
  const [result] = Array.isArray(output) ? output : [output];
  if (!result || !('output' in result)) throw new Error('the build left no chart engine');
  return result.output[0].fileName;
}
