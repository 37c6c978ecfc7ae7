// Builds dist/render.js: what the server draws charts with.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function buildRenderScript() {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: `${root}dist`,
      emptyOutDir: false,
      target: 'es2022',
      chunkSizeWarningLimit: 1000,
      modulePreload: false,
      rolldownOptions: {
        input: `${root}render/render.ts`,
        output: { format: 'iife', entryFileNames: 'render.js' },
      },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildRenderScript();
