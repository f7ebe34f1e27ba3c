// The site's mode and the places that differ from it.
import type { ComponentChildren } from 'preact';
import { modeWords, placeName, type ConsentRules } from './rules.ts';

export function Glance({ rules, children }: { rules: ConsentRules; children: ComponentChildren }) {
  const { label, does, hint } = modeWords(rules.mode);
  return (
    <section class="card glance" aria-labelledby="glance-title">
      <div class="glance-mode">
        <h2 class="label" id="glance-title">
          Without a choice of the visitor
        </h2>
        <p class="glance-word">{label}</p>
        <p class="glance-does">{does}</p>
        {hint && <p class="mode-hint">{hint}</p>}
      </div>
      <div class="glance-places">
        <h3 class="label">Places with a mode of their own</h3>
        {rules.regions.length === 0 ? (
          <p class="quiet glance-none">None: the mode holds everywhere.</p>
        ) : (
          <dl>
            {rules.regions.map(({ region, mode }) => (
              <div key={region}>
                <dt>
                  <bdi>{placeName(region)}</bdi>
                </dt>
                <dd>
                  {modeWords(mode).label}
                  <span class="quiet">{modeWords(mode).short}</span>
                </dd>
              </div>
            ))}
          </dl>
        )}
        <p class="glance-link">{children}</p>
      </div>
    </section>
  );
}
