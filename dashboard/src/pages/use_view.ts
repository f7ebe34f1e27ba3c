// The view of the address, and how to change it.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { onMove, writeSearch } from '../core/navigation.ts';
import { formatView, parseView, type View } from '../core/url.ts';

/** `new` adds to the browser's history, `keep` replaces the present entry. */
export type SetView = (change: Partial<View>, entry: 'new' | 'keep') => void;

export function useView(): [View, SetView] {
  const [view, setView] = useState(() => parseView(location.search));
  useEffect(
    () =>
      onMove(() => {
        setView(parseView(location.search));
      }),
    [],
  );
  const change = useCallback<SetView>((patch, entry) => {
    const next = { ...parseView(location.search), ...patch };
    writeSearch(formatView(next, location.search), entry);
    setView(next);
  }, []);
  return [view, change];
}
