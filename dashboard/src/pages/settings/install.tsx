// How a shop's pages are connected, and how a browser is left out.
import { CopyButton } from '../../core/ui/parts.tsx';
import { snippetOf } from '../first_steps.tsx';
import { Section } from './section.tsx';

export function Install({ siteKey, domains }: { siteKey: string; domains: string[] }) {
  const snippet = snippetOf(siteKey);
  const hosts = domains.filter((domain) => !domain.startsWith('*.'));
  return (
    <>
      <Section title="Snippet" lead="Stands in the head of every page of the shop.">
        <div class="snippet">
          <code tabIndex={0}>{snippet}</code>
          <CopyButton text={snippet} />
        </div>
      </Section>
      <Section
        title="Do not count me"
        lead="Open the link once in each browser that should not count: yours, and those of the people who work on the shop."
      >
        <ul class="ignore-links">
          {hosts.map((host) => (
            <li key={host} class="snippet">
              <a class="foreign" href={`https://${host}/ut/ignore`} target="_blank" rel="noopener noreferrer">
                https://{host}/ut/ignore
              </a>
              <CopyButton text={`https://${host}/ut/ignore`} />
            </li>
          ))}
        </ul>
        <p class="field-note">The page is served through the shop, which must forward /ut/ to this server.</p>
      </Section>
    </>
  );
}
