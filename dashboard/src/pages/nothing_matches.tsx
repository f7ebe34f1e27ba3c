// Instead of empty cards, where filters leave nothing.
interface Props {
  pending: boolean;
  /** What there is none of. */
  what?: string;
  onClear: () => void;
}

export function NothingMatches({ pending, what = 'visit and no event', onClear }: Props) {
  return (
    <section class="card nothing" aria-labelledby="nothing-title" aria-busy={pending} data-pending={pending}>
      <h2 class="failure-title" id="nothing-title">
        Nothing matches
      </h2>
      <p class="failure-detail">No {what} of these days fits all filters.</p>
      <button type="button" class="button" onClick={onClear}>
        Remove the filters
      </button>
    </section>
  );
}
