/** A product's own web site: another origin than Fanlight's. */

import { createServer } from "node:http";

/**
 * Serves `pages`, a map of path to HTML, until `close()`.
 *
 * @returns {Promise<{ url: string, pages: Map<string, string>, close(): Promise<void> }>}
 */
export async function startHost(pages = new Map()) {
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url, "http://host").pathname);
    response.writeHead(page === undefined ? 404 : 200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(page ?? "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return { url: `http://127.0.0.1:${server.address().port}`, pages, close };
}

/** A page as the tour shows it: one script tag and one element. */
export function pageWithElement(server, attributes, { scheme = "light" } = {}) {
  const list = Object.entries(attributes).map(([name, value]) => `${name}='${value}'`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="color-scheme" content="${scheme}" />
    <title>Our product</title>
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
