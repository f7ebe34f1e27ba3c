import type { Listen } from './signal.ts';

/** Of each axis, what Google Consent Mode v2 says of it. */
const AXES = [['analytics_storage'], ['ad_storage', 'ad_user_data'], ['ad_personalization']];

/** Gathers commands: what holds now of every axis that the visitor has chosen. */
export function createMode(): (command: unknown) => Record<string, string> | null {
  const values: Record<string, unknown> = {};
  const chosen = new Set<string>();
  return (command) => {
    // `gtag` pushes its `arguments`, which are no array.
    const [name, action, said] = Array.from((command || []) as ArrayLike<unknown>);
    const update = action === 'update';
    if (name !== 'consent' || !said || typeof said !== 'object' || (!update && action !== 'default'))
      return null;
    const { region, ...words } = said as Record<string, unknown>;
    // Where a default for some regions only holds, no browser knows.
    if (region && !update) return null;
    for (const [key, value] of Object.entries(words)) {
      // A default is what the shop supposes: an update outlives it whichever came first.
      if (update) chosen.add(key);
      if (update || !chosen.has(key)) values[key] = value;
    }
    if (!update) return null;
    const holds: Record<string, string> = {};
    for (const keys of AXES.filter((axis) => axis.some((key) => chosen.has(key)))) {
      for (const key of keys) if (typeof values[key] === 'string') holds[key] = values[key];
    }
    return Object.keys(holds).length ? holds : null;
  };
}

/** Google Consent Mode v2: every `update` in `dataLayer`, also those that were there before. */
export const gcm: Listen = (say) => {
  const { dataLayer } = window as { dataLayer?: unknown[] };
  if (!Array.isArray(dataLayer)) return false;
  const mode = createMode();
  let before: Record<string, string> | null = null;
  for (const command of dataLayer) before = mode(command) || before;
  if (before) say({ source: 'gcm', gcm: before });

  const push = dataLayer.push.bind(dataLayer);
  dataLayer.push = (...commands) => {
    const length = push(...commands);
    // Tools repeat an old choice on every page; what follows a touch of the visitor is a choice of now.
    const { userActivation } = navigator as { userActivation?: { isActive: boolean } };
    for (const command of commands) {
      const holds = mode(command);
      if (holds)
        say({
          source: 'gcm',
          gcm: holds,
          ...(userActivation && userActivation.isActive && { at: Date.now() }),
        });
    }
    return length;
  };
  return true;
};
