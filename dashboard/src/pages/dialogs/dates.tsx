// Two dates of the site's calendar.
import { useState } from 'preact/hooks';
import type { Site } from '../../core/api.ts';
import { wrongDates, type Dates } from '../../core/period.ts';
import { Dialog } from '../../core/ui/parts.tsx';
import { wallClock } from '../../core/zone.ts';
import type { SetView } from '../use_view.ts';

interface Props {
  site: Site;
  shown: Dates | null;
  onView: SetView;
  onClose: () => void;
}

export function DatesDialog({ site, shown, onView, onClose }: Props) {
  const today = wallClock(Date.now(), site.timezone).slice(0, 10);
  const [[from, to], setDates] = useState<Dates>(shown ?? [today, today]);
  const [wrong, setWrong] = useState<string | null>(null);
  const change = (next: Dates) => {
    setDates(next);
    setWrong(null);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const found = wrongDates(from, to);
    setWrong(found);
    if (found) return;
    onView({ range: 'custom', dates: [from, to], unit: null }, 'new');
    onClose();
  };
  return (
    <Dialog title="Custom range" onClose={onClose}>
      <form class="dialog-form" noValidate onSubmit={submit}>
        <div class="dates">
          <label class="field">
            <span class="label">First day</span>
            <input
              type="date"
              autofocus
              value={from}
              max={today}
              aria-invalid={wrong !== null}
              aria-describedby="dates-wrong"
              onInput={(event) => {
                change([event.currentTarget.value, to]);
              }}
            />
          </label>
          <label class="field">
            <span class="label">Last day</span>
            <input
              type="date"
              value={to}
              aria-invalid={wrong !== null}
              aria-describedby="dates-wrong"
              onInput={(event) => {
                change([from, event.currentTarget.value]);
              }}
            />
          </label>
        </div>
        <p class={wrong ? 'stale' : 'quiet'} id="dates-wrong" role={wrong ? 'alert' : undefined}>
          {wrong ?? `Both days count. Days of ${site.timezone}.`}
        </p>
        <button type="submit" class="button primary">
          Show these days
        </button>
      </form>
    </Dialog>
  );
}
