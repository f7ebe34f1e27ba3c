// A site's settings, saved together: what is wrong is said at its field, and nothing is lost unasked.
import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { guardLeaving } from '../../core/navigation.ts';
import { asProblem, type FieldError } from '../../core/problem.ts';
import { changeSite } from './api.ts';
import { ChannelRules } from './channel_rules.tsx';
import { Consent } from './consent.tsx';
import { changesOf, draftOf, messagesAt, ownErrors, type ListName, type SiteSettings } from './draft.ts';
import { ListField, WordField } from './fields.tsx';
import { PageTemplates } from './page_templates.tsx';
import { Retention } from './retention.tsx';
import { isShorter } from './retention_draft.ts';
import { Section } from './section.tsx';

const ZONES = Intl.supportedValuesOf('timeZone');
const CURRENCIES = Intl.supportedValuesOf('currency');

const LEAVE = 'Leave without saving your changes?';

interface Props {
  settings: SiteSettings;
  onSaved: (settings: SiteSettings) => void;
  onSignedOut: () => void;
}

/** Unsaved work is not lost by a press beside the button. */
function useGuard(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return undefined;
    const unload = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    addEventListener('beforeunload', unload);
    const end = guardLeaving(() => confirm(LEAVE));
    return () => {
      removeEventListener('beforeunload', unload);
      end();
    };
  }, [dirty]);
}

/** What the form holds, and what happens to it. */
function useSiteForm({ settings, onSaved, onSignedOut }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(() => draftOf(settings));
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [refusal, setRefusal] = useState('');
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const changes = changesOf(settings, draft);
  const dirty = Object.keys(changes).length > 0;
  useGuard(dirty);
  const failed = (found: FieldError[], words: string) => {
    setErrors(found);
    setRefusal(words);
    // After the messages are there, so that a screen reader reads them with the field.
    requestAnimationFrame(() => {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    });
  };
  const change = (part: Partial<typeof draft>) => {
    setDraft({ ...draft, ...part });
    setSaid('');
  };
  return {
    form,
    draft,
    errors,
    refusal,
    said,
    busy,
    dirty,
    change,
    /** What was said of entries is no longer true once they have moved. */
    forget: (field: string) => {
      setErrors(errors.filter((error) => !error.field.startsWith(field)));
    },
    setList: (name: ListName, value: string) => {
      change({ lists: { ...draft.lists, [name]: value } });
    },
    discard: () => {
      setDraft(draftOf(settings));
      setErrors([]);
      setRefusal('');
    },
    save: (event: TargetedSubmitEvent<HTMLFormElement>) => {
      event.preventDefault();
      const own = ownErrors(draft);
      if (own.length > 0) {
        failed(own, 'Nothing was saved yet.');
        return;
      }
      setBusy(true);
      changeSite(settings.id, changes)
        .then(
          (saved) => {
            setDraft(draftOf(saved));
            setErrors([]);
            setRefusal('');
            setSaid('Saved. The next request sees it.');
            onSaved(saved);
          },
          (error: unknown) => {
            const problem = asProblem(error);
            if (problem.status === 401) onSignedOut();
            failed(problem.fields, problem.fields.length > 0 ? 'Nothing was saved yet.' : problem.detail);
          },
        )
        .finally(() => {
          setBusy(false);
        });
    },
  };
}

type Form = ReturnType<typeof useSiteForm>;

function SaveBar({ form }: { form: Form }) {
  const { dirty, busy, refusal, said, discard } = form;
  return (
    <div class="save-bar" data-shown={dirty || said !== ''}>
      <p role="status">{said || (dirty ? 'Unsaved changes' : '')}</p>
      {refusal && dirty && (
        <p class="save-refusal" role="alert">
          {refusal}
        </p>
      )}
      {dirty && (
        <span class="save-actions">
          <button type="button" class="button" disabled={busy} onClick={discard}>
            Discard
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            Save
          </button>
        </span>
      )}
    </div>
  );
}

function Basics({ form }: { form: Form }) {
  const { draft, errors, change } = form;
  const word = (name: 'currency' | 'timezone' | 'session_timeout_min') => ({
    value: draft[name],
    errors: messagesAt(errors, name),
    onValue: (value: string) => {
      change({ [name]: value });
    },
  });
  return (
    <div class="setting-pair">
      <WordField
        label="Time zone"
        choices={ZONES}
        hint="Days are days of this zone. Sums by day are built anew after a change."
        {...word('timezone')}
      />
      <WordField label="Currency" choices={CURRENCIES} hint="ISO 4217" {...word('currency')} />
      <WordField
        label="Session timeout, minutes"
        numeric
        hint="So long a silence ends a session: 5 to 120."
        {...word('session_timeout_min')}
      />
    </div>
  );
}

export function SiteForm(props: Props) {
  const { settings, onSignedOut } = props;
  const form = useSiteForm(props);
  const { draft, errors, setList, change } = form;
  const list = (name: ListName) => ({
    value: draft.lists[name],
    errors: messagesAt(errors, name),
    onValue: (value: string) => {
      setList(name, value);
    },
  });
  return (
    <form class="settings-form" ref={form.form} onSubmit={form.save} noValidate>
      <Section title="Site" lead="Whose pages may send, and what a day and a visit are.">
        <ListField
          label="Domains"
          example="shop.example"
          hint="One per line, the first names the site; *.shop.example means any sub-domain."
          {...list('domains')}
        />
        <Basics form={form} />
      </Section>
      {draft.consent && (
        <Consent
          rules={draft.consent}
          errors={errors}
          onRules={(consent) => {
            change({ consent });
            if (consent.regions.length !== draft.consent?.regions.length) form.forget('consent.regions');
          }}
        />
      )}
      {draft.retention && (
        <Retention
          limits={draft.retention}
          shorter={isShorter(settings.retention, draft.retention)}
          errors={errors}
          onLimits={(retention) => {
            change({ retention });
          }}
        />
      )}
      <Section
        title="Not counted"
        lead="What matches is acknowledged, counted as excluded, and in no report."
      >
        <ListField
          label="Addresses and networks"
          example="203.0.113.0/24"
          hint="Your offices, one per line."
          {...list('excluded_networks')}
        />
        <ListField
          label="Paths"
          example="/admin"
          hint="/admin means that page and all below it; with *, a pattern means the whole path."
          {...list('excluded_paths')}
        />
        <ListField label="Host names" example="intern.shop.example" {...list('excluded_hostnames')} />
        <ListField
          label="Staging host names"
          example="staging.shop.example"
          hint="Their events are kept, tagged, and left out of reports."
          {...list('staging_hostnames')}
        />
      </Section>
      <Section
        title="Addresses and sources"
        lead="What is kept of a page’s address, and what counts as a source."
      >
        <ListField
          label="Parameters that are kept"
          example="size"
          hint="Beside utm_*, source and ref. All others are cut off before anything is stored."
          {...list('url_params')}
        />
        <ListField
          label="Hosts that are no source"
          example="pay.example"
          hint="Payment and login hosts, beside the built-in ones; the site’s own domains never are."
          {...list('gateways')}
        />
        <ChannelRules
          rules={draft.channel_rules}
          errors={messagesAt(errors, 'channel_rules')}
          onRules={(rules) => {
            change({ channel_rules: rules });
          }}
        />
      </Section>
      {settings.lists.page_templates !== null && (
        <Section
          title="Pages of one kind"
          lead="Product pages, for instance: one line in reports by template."
        >
          <PageTemplates site={settings.id} onSignedOut={onSignedOut} {...list('page_templates')} />
        </Section>
      )}
      <SaveBar form={form} />
    </form>
  );
}
