// Builds the smoke pages: the same dashboard in plain HTML, React 18 and React 19.

import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = `${root}dist-smoke`;

export async function buildSmokePages() {
  await rm(dist, { recursive: true, force: true });
  for (const page of ['plain', 'react18', 'react19']) {
    await build({
      root: `${root}smoke/${page}`,
      configFile: false,
      logLevel: 'warn',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        outDir: dist,
        emptyOutDir: false,
        modulePreload: false,
        rolldownOptions: {
          input: `${root}smoke/${page}/${page === 'plain' ? 'main.ts' : 'main.tsx'}`,
          output: { entryFileNames: `${page}.js` },
        },
      },
    });
    await cp(`${root}smoke/${page}/index.html`, `${dist}/${page}.html`);
  }
}
