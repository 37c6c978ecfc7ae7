/** What the element and its host page say to each other. The names are part of the API. */

/** Events of the element: they bubble and cross shadow roots, so that `window` hears them. */
export interface OutgoingEvents {
  /** The definition is here, data is not; the height is that of the skeleton, in pixels. */
  dashboardReadyToLoad: { dashboardId: string; dashboardHeight: number };
  /** All panels stand; `loadTime` is from asking to the last answer in ms, without loading scripts. */
  dashboardLoaded: { dashboardId: string; dashboardHeight: number; loadTime: number };
  /** The height changed later. */
  dashboardUpdated: { dashboardId: string; dashboardHeight: number };
  /** A variable has another value; null when it has none any more. */
  sendVariableUpdatedEvent: { varName: string; newValue: unknown };
  /** The token ends soon or has ended: answer with `updateCustomerJwt`. */
  customerJwtExpired: Record<string, never>;
}

/** Events that the host page sends on `window`. */
export const INCOMING = [
  'updateExploDashboardVariable',
  'updateExploDashboardVariables',
  'updateCustomerJwt',
] as const;

export type IncomingEvent = (typeof INCOMING)[number];

export const OUTGOING: readonly (keyof OutgoingEvents)[] = [
  'dashboardReadyToLoad',
  'dashboardLoaded',
  'dashboardUpdated',
  'sendVariableUpdatedEvent',
  'customerJwtExpired',
];
