/** Where the server is: calls and chunks go to the origin (and base path) of the bundle's script. */

/** The address of the folder that holds `bundle.js`, ending in a slash. */
export function serverBase(scriptUrl: string): string {
  const url = new URL('.', scriptUrl);
  url.search = '';
  url.hash = '';
  return url.href;
}

let base: string | null = null;

export function setServer(scriptUrl: string): void {
  base = serverBase(scriptUrl);
}

export function server(): string {
  return base ?? new URL('.', document.baseURI).href;
}

/** The address of this bundle's script; null when it cannot be known. */
export function ownScript(): string | null {
  const running = document.currentScript;
  if (running instanceof HTMLScriptElement && running.src) return running.src;
  // Loaded as a module there is no current script: the tag is the only trace.
  const tags = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
  return tags.find(({ src }) => new URL(src).pathname.endsWith('/bundle.js'))?.src ?? null;
}
