/** What the smoke pages share: they read `?server=…&jwt=…` and keep the events they hear. */

const EVENTS = [
  'dashboardReadyToLoad',
  'dashboardLoaded',
  'dashboardUpdated',
  'sendVariableUpdatedEvent',
  'customerJwtExpired',
];

declare global {
  interface Window {
    /** Events in the order heard, for tests. */
    heard: { name: string; detail: unknown }[];
  }
}

const parameters = new URLSearchParams(location.search);

export const server = parameters.get('server') ?? location.origin;
export const jwt = parameters.get('jwt') ?? '';
export const customerToken = parameters.get('token') ?? '';

export function keepEvents(): void {
  window.heard = [];
  for (const name of EVENTS) {
    window.addEventListener(name, (event) => {
      window.heard.push({ name, detail: (event as CustomEvent<unknown>).detail });
    });
  }
}

/** Loads the bundle as pages do: by a script tag. */
export function loadBundle(): void {
  const script = document.createElement('script');
  script.src = `${server.replace(/\/$/, '')}/bundle.js`;
  document.head.append(script);
}
