import type { Listen } from './signal.ts';

interface GppEvent {
  eventName?: string;
  data?: unknown;
  pingData?: { signalStatus?: string; gppString?: string };
}
type Api = (command: 'addEventListener', heard: (event: GppEvent | null, ok: boolean) => void) => void;

/** IAB GPP 1.1: the raw string, whenever it is ready. */
export const gpp: Listen = (say) => {
  const { __gpp: api } = window as { __gpp?: Api };
  if (!api) return false;
  // Only what follows a layer that was shown is a choice of now (CMP API specification, "Event Order").
  let asked = false;
  api('addEventListener', (event, ok) => {
    if (!ok || !event) return;
    const { eventName, data, pingData = {} } = event;
    if (eventName === 'cmpDisplayStatus' && data === 'visible') asked = true;
    if (eventName !== 'signalStatus' && eventName !== 'listenerRegistered') return;
    if (pingData.signalStatus !== 'ready' || !pingData.gppString) return;
    const signal = { source: 'gpp', gpp: pingData.gppString } as const;
    say(asked ? { ...signal, at: Date.now() } : signal);
    asked = false;
  });
  return true;
};
