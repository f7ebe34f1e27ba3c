// When the reports of a page are read again.
import { useEffect, useMemo } from 'preact/hooks';
import { browserTimers, createRefresher, type Refresher } from '../core/refresh.ts';

/** Lives as long as the page; rests while the tab is hidden. */
export function useRefresher(): Refresher {
  const refresher = useMemo(() => createRefresher(browserTimers), []);
  useEffect(() => {
    const onVisibility = () => {
      refresher.setVisible(!document.hidden);
    };
    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      refresher.stop();
    };
  }, [refresher]);
  return refresher;
}
