/** A product's own web site: another origin than Fanlight's. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, extname } from "node:path";

/** The pages that the web parts build to be opened here: plain HTML, React 18, React 19. */
const SMOKE_PAGES = new URL("../../web/dist-smoke/", import.meta.url);
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/**
 * Serves the built smoke pages, and what `pages` holds by path, until `close()`.
 *
 * @returns {Promise<{ url: string, pages: Map<string, string>, close(): Promise<void> }>}
 */
export async function startHost() {
  // Every browser asks for it, and would complain.
  const pages = new Map([["/favicon.ico", ""]]);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    const page = pages.get(pathname) ?? (await smokePage(pathname));
    const type = TYPES[extname(pathname)] ?? TYPES[".html"];
    response.writeHead(page === undefined ? 404 : 200, { "Content-Type": type });
    response.end(page ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, pages, close };
}

function smokePage(path) {
  return readFile(new URL(basename(path), SMOKE_PAGES)).catch(() => undefined);
}

/** A page as the tour shows it: one script tag and one element. */
export function pageWithElement(server, attributes) {
  const list = Object.entries(attributes).map(([name, value]) => `${name}='${value}'`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Our product</title>
    <style>
      :root { color-scheme: light dark }
      body { background: Canvas; color: CanvasText }
    </style>
    <script src="${server}/bundle.js"></script>
  </head>
  <body>
    <main>
      <h1>Our product</h1>
      <explo-dashboard ${list.join(" ")}></explo-dashboard>
    </main>
  </body>
</html>`;
}
