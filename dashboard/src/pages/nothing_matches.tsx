// Instead of empty cards, where filters leave nothing.
export function NothingMatches({ pending, onClear }: { pending: boolean; onClear: () => void }) {
  return (
    <section class="card nothing" aria-labelledby="nothing-title" aria-busy={pending} data-pending={pending}>
      <h2 class="failure-title" id="nothing-title">
        Nothing matches
      </h2>
      <p class="failure-detail">No visit and no event of these days fits all filters.</p>
      <button type="button" class="button" onClick={onClear}>
        Remove the filters
      </button>
    </section>
  );
}
