// What the owner of a site should mend, above every page until it is mended.
import type { SiteWarning } from '../core/decode.ts';
import { printable } from '../core/format.ts';

export function SiteWarnings({ warnings }: { warnings: SiteWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <section class="site-warnings" role="status" aria-label="To be mended">
      {warnings.map(({ code, message, fix }) => (
        <p key={code} class="site-warning">
          <strong>{printable(message)}</strong> {printable(fix)}
        </p>
      ))}
    </section>
  );
}
