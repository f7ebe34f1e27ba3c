// A few choices side by side, of which one is taken.
import type { JSX } from 'preact';

interface Props<T extends string> {
  /** What is chosen, or the id of the element that says it. */
  name: { label: string } | { labelledBy: string };
  choices: readonly T[];
  chosen: T;
  wordsOf: (choice: T) => string;
  /** Longer words, shown on hover. */
  titleOf?: (choice: T) => string;
  onChoose: (choice: T) => void;
}

export function Segments<T extends string>(props: Props<T>): JSX.Element {
  const { name, choices, chosen, wordsOf, titleOf, onChoose } = props;
  const named = 'label' in name ? { 'aria-label': name.label } : { 'aria-labelledby': name.labelledBy };
  return (
    <div class="segments" role="group" {...named}>
      {choices.map((choice) => (
        <button
          key={choice}
          type="button"
          class="segment"
          aria-pressed={choice === chosen}
          title={titleOf?.(choice)}
          onClick={() => {
            onChoose(choice);
          }}
        >
          {wordsOf(choice)}
        </button>
      ))}
    </div>
  );
}
