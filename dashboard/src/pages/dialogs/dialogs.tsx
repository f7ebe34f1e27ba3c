// Which dialog stands open.
import type { Dialogue, OpenedProps } from '../opened.tsx';
import { Chooser } from './chooser.tsx';
import { DatesDialog } from './dates.tsx';
import { More } from './more.tsx';
import { Palette } from './palette.tsx';

type Props = Omit<OpenedProps, 'dialogue'> & { dialogue: Exclude<Dialogue, { kind: 'problem' }> };

export function Dialogs({ dialogue, site, screen, view, onView, onFilter, onClose }: Props) {
  const dates = screen.scope.date_range;
  switch (dialogue.kind) {
    case 'chooser':
      return <Chooser site={site.id} dates={dates} view={view} onView={onView} onClose={onClose} />;
    case 'palette':
      return <Palette site={site.id} dates={dates} screen={screen} onFilter={onFilter} onClose={onClose} />;
    case 'dates':
      return <DatesDialog site={site} shown={screen.dates} onView={onView} onClose={onClose} />;
    case 'more':
      return (
        <More
          site={site}
          scope={screen.scope}
          ranking={dialogue.ranking}
          onFilter={onFilter}
          onClose={onClose}
        />
      );
  }
}
