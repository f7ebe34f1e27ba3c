// What a server without a site shows. Sites are added on the server; this page finds the first one by itself.
import { CopyButton } from '../core/ui/parts.tsx';

const COMMAND = 'universal-tracking site add --domain shop.example';

export function NoSite() {
  return (
    <section class="card failure" aria-labelledby="no-site-title">
      <h1 class="failure-title" id="no-site-title">
        No site yet
      </h1>
      <p class="failure-detail">Add your shop on the server, with its own domain. It then shows up here.</p>
      <div class="snippet">
        <code tabIndex={0}>{COMMAND}</code>
        <CopyButton text={COMMAND} />
      </div>
    </section>
  );
}
