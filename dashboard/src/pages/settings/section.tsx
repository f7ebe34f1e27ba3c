// A card of the settings: what it is about, and beside it what can be set.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
}

export function Section({ title, lead, children }: Props) {
  const id = useId();
  return (
    <section class="card setting" aria-labelledby={id}>
      <div class="setting-words">
        <h2 class="card-title" id={id}>
          {title}
        </h2>
        {lead && <p class="setting-lead">{lead}</p>}
      </div>
      <div class="setting-body">{children}</div>
    </section>
  );
}
