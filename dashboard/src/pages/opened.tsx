// What stands above the screen. Dialogs come in a file of their own, which only those load who open one.
import { useEffect, useState } from 'preact/hooks';
import type { Site } from '../core/api.ts';
import type { Problem } from '../core/problem.ts';
import type { Ranking } from '../core/ranking.ts';
import { Dialog, Failure } from '../core/ui/parts.tsx';
import type { OnFilter } from '../core/ui/ranking.tsx';
import type { Dialogs } from './dialogs/dialogs.tsx';
import type { View } from '../core/url.ts';
import type { Screen } from './use_screen.ts';
import type { SetView } from './use_view.ts';

export type Dialogue =
  | { kind: 'chooser' }
  | { kind: 'palette' }
  | { kind: 'dates' }
  | { kind: 'more'; ranking: Ranking }
  | { kind: 'problem'; problem: Problem; retry: () => void };

export interface OpenedProps {
  dialogue: Dialogue;
  site: Site;
  screen: Screen;
  view: View;
  onView: SetView;
  onFilter: OnFilter;
  onClose: () => void;
}

let loaded: typeof Dialogs | null = null;

const load = () =>
  import('./dialogs/dialogs.tsx').then((found) => {
    loaded = found.Dialogs;
    return found.Dialogs;
  });

/** Fetches them ahead, once the screen stands: the first that opens then opens at once. */
export function useDialogsAhead(stands: boolean): void {
  useEffect(() => {
    if (stands && !loaded) void load().catch(() => {});
  }, [stands]);
}

export function Opened(props: OpenedProps) {
  const [Loaded, setLoaded] = useState(() => loaded);
  const { dialogue, onClose } = props;
  useEffect(() => {
    if (Loaded) return;
    load().then(
      (found) => {
        setLoaded(() => found);
      },
      // The server is away, or has another version: nothing opens, and the next press tries again.
      onClose,
    );
  }, [Loaded]);
  if (dialogue.kind === 'problem') {
    return (
      <Dialog title="No file" onClose={onClose}>
        <Failure problem={dialogue.problem} retry={dialogue.retry} />
      </Dialog>
    );
  }
  return Loaded && <Loaded {...props} dialogue={dialogue} />;
}
