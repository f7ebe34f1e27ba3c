// The secret with which the shop's own server signs its calls.
import { useState } from 'preact/hooks';
import { rotateSecret, type Rotated } from './api.ts';
import { Confirm, ShownOnce } from './confirm.tsx';
import { Section } from './section.tsx';

export function Secret({ site, zone }: { site: number; zone: string }) {
  const [asking, setAsking] = useState(false);
  const [rotated, setRotated] = useState<Rotated | null>(null);
  const until =
    rotated &&
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(
      rotated.oldUntil,
    );
  return (
    <Section
      title="Server secret"
      lead="Signs what the shop’s own server sends. It was shown when the site was added; a new one can be made any time."
    >
      {rotated && (
        <ShownOnce
          words={`The new secret, shown this once. The one before stays valid until ${until}.`}
          secret={rotated.secret}
        />
      )}
      <button
        type="button"
        class="button"
        onClick={() => {
          setAsking(true);
        }}
      >
        Make a new secret
      </button>
      {asking && (
        <Confirm
          title="Make a new secret?"
          words="The shop’s server has 24 hours to take the new one. After that, what it signs with the old one is refused."
          action="Make a new secret"
          run={async () => {
            setRotated(await rotateSecret(site));
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </Section>
  );
}
