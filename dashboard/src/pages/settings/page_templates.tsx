// Patterns under which pages of one kind are counted together, with what the site's own pages suggest.
import { useCallback } from 'preact/hooks';
import { format, printable } from '../../core/format.ts';
import { templateSuggestions } from './api.ts';
import { linesOf } from './draft.ts';
import { ListField } from './fields.tsx';
import { useList } from '../../core/use_list.ts';

interface Props {
  site: number;
  value: string;
  errors: string[];
  onValue: (value: string) => void;
  onSignedOut: () => void;
}

export function PageTemplates({ site, value, errors, onValue, onSignedOut }: Props) {
  const load = useCallback(() => templateSuggestions(site), [site]);
  const { items } = useList(load, onSignedOut);
  const lines = linesOf(value);
  const fresh = (items ?? []).filter(({ pattern }) => !lines.includes(pattern));
  return (
    <>
      <ListField
        label="Page templates"
        example={'/p/*'}
        hint="One per line; * stands for any characters. The first that fits is taken."
        value={value}
        errors={errors}
        onValue={onValue}
      />
      {fresh.length > 0 && (
        <div class="suggestions" role="group" aria-label="Suggested templates">
          {fresh.map(({ pattern, pages, views }) => (
            <button
              key={pattern}
              type="button"
              class="button suggestion"
              onClick={() => {
                onValue([...lines, pattern].join('\n'));
              }}
            >
              <span aria-hidden="true">+</span> <bdi class="foreign">{printable(pattern)}</bdi>
              <span class="quiet">
                {format.count(pages)} pages, {format.count(views)} views
              </span>
            </button>
          ))}
        </div>
      )}
    </>
  );
}
