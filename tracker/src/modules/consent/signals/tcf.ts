import type { Listen } from './signal.ts';

interface TcData {
  eventStatus?: string;
  gdprApplies?: boolean;
  tcString?: string;
}
type Api = (
  command: 'addEventListener',
  version: 2,
  heard: (data: TcData | null, ok: boolean) => void,
) => void;

/** IAB TCF 2: the raw TC string, when it is loaded and whenever the visitor has chosen. */
export const tcf: Listen = (say) => {
  const { __tcfapi: api } = window as { __tcfapi?: Api };
  if (!api) return false;
  api('addEventListener', 2, (data, ok) => {
    if (!ok || !data || !data.tcString || data.gdprApplies === false) return;
    const signal = { source: 'tcf', tcf: data.tcString } as const;
    // An old choice that is loaded is not of now; the string itself says when it was made.
    if (data.eventStatus === 'tcloaded') say(signal);
    if (data.eventStatus === 'useractioncomplete') say({ ...signal, at: Date.now() });
  });
  return true;
};
