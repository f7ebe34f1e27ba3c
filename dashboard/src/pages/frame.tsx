// What stands above and below every signed-in page.
import { useState } from 'preact/hooks';
import type { Site } from '../core/api.ts';
import { printable } from '../core/format.ts';
import { SHORTCUTS, useKeys } from '../core/keys.ts';
import { LIVE_MEANING, MEANING, METRICS } from '../core/metrics.ts';
import { THEMES } from '../core/theme.ts';
import { AutoIcon, ChevronIcon, DarkIcon, LightIcon, Mark, SignOutIcon } from '../core/ui/icons.tsx';
import { Dialog } from '../core/ui/parts.tsx';
import { useTheme } from '../core/use_theme.ts';
import { Nav } from './nav.tsx';

const THEME_ICON = { auto: AutoIcon, light: LightIcon, dark: DarkIcon };

export function ThemeButton() {
  const [theme, setTheme] = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  const ThemeIcon = THEME_ICON[theme];
  const words = `Theme: ${theme}. Switch to ${next}.`;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={words}
      title={words}
      onClick={() => {
        setTheme(next);
      }}
    >
      <ThemeIcon />
    </button>
  );
}

interface HeaderProps {
  path: string;
  sites: Site[];
  site: Site | null;
  email: string;
  demo: boolean;
  onSite: (id: number) => void;
  onSignOut: () => void;
}

function SiteName({ sites, site, onSite }: Pick<HeaderProps, 'sites' | 'site' | 'onSite'>) {
  if (!site) return <span class="site-name" />;
  if (sites.length < 2) return <span class="site-name">{printable(site.domain)}</span>;
  return (
    <span class="site-select">
      <select
        aria-label="Site"
        value={String(site.id)}
        onChange={(event) => {
          onSite(Number(event.currentTarget.value));
        }}
      >
        {sites.map(({ id, domain }) => (
          <option key={id} value={String(id)}>
            {printable(domain)}
          </option>
        ))}
      </select>
      <ChevronIcon />
    </span>
  );
}

export function Header({ path, sites, site, email, demo, onSite, onSignOut }: HeaderProps) {
  return (
    <header class="header">
      <div class="header-row">
        <a class="brand" href="/" aria-label="Universal Tracking, dashboard">
          <Mark />
          <span class="brand-name">Universal Tracking</span>
        </a>
        {site && <span class="header-rule" aria-hidden="true" />}
        <SiteName sites={sites} site={site} onSite={onSite} />
        <span class="header-gap" />
        {demo && (
          <a class="button demo-link" href="/demo/" target="_blank" rel="noopener">
            Open the demo shop
          </a>
        )}
        {/* After all that comes late, so that it stays where it is. */}
        <Nav path={path} search={location.search} />
        <ThemeButton />
        <button
          type="button"
          class="icon-button"
          aria-label="Sign out"
          title={email ? `Sign out ${email}` : 'Sign out'}
          onClick={onSignOut}
        >
          <SignOutIcon />
        </button>
      </div>
    </header>
  );
}

function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="shortcuts">
        {SHORTCUTS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">With the chart focused, the arrow keys read single points.</p>
    </Dialog>
  );
}

function Definitions({ onClose }: { onClose: () => void }) {
  const all = [...Object.values(LIVE_MEANING), ...METRICS.map((metric) => MEANING[metric])];
  return (
    <Dialog title="What the numbers mean" onClose={onClose}>
      <dl class="definitions">
        {all.map(({ label, definition }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{definition}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">Bots are left out. Days are days of the site’s time zone.</p>
    </Dialog>
  );
}

export function Footer({ version }: { version: string }) {
  const [open, setOpen] = useState<'shortcuts' | 'definitions' | null>(null);
  useKeys((key) => {
    if (key === '?') setOpen('shortcuts');
  });
  const close = () => {
    setOpen(null);
  };
  return (
    <footer class="footer">
      <p>
        <span class="nowrap">Universal Tracking {version}</span>
        <span class="footer-line">
          {' '}
          · Measured on your own server. This page loads nothing from anyone else.
        </span>
      </p>
      <p class="footer-actions">
        <a class="link" href="/api/docs">
          API
        </a>
        <button
          type="button"
          class="link"
          onClick={() => {
            setOpen('definitions');
          }}
        >
          What the numbers mean
        </button>
        <button
          type="button"
          class="link"
          onClick={() => {
            setOpen('shortcuts');
          }}
        >
          Shortcuts <kbd>?</kbd>
        </button>
      </p>
      {open === 'shortcuts' && <Shortcuts onClose={close} />}
      {open === 'definitions' && <Definitions onClose={close} />}
    </footer>
  );
}
