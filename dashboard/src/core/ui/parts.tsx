// Small parts that every panel uses.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Change } from '../change.ts';
import { format, NO_VALUE, printable, readablePath } from '../format.ts';
import type { Problem } from '../problem.ts';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** A word with its definition: shown on hover and on focus of the control around it. */
export function Term({ label, definition }: { label: string; definition: string }) {
  return (
    <span class="term">
      <span class="term-word">{label}</span>
      <span class="tip" role="tooltip">
        {definition}
      </span>
    </span>
  );
}

/**
 * A page's path, which visitors write: decoded for reading, isolated so that it cannot change the direction of its
 * line, and cut by the layout. The title tells the path as it was sent.
 */
export function PagePath({ path, empty = '(none)' }: { path: string; empty?: string }) {
  return (
    <bdi class="foreign" title={path === '' ? empty : printable(path)}>
      {path === '' ? empty : printable(readablePath(path))}
    </bdi>
  );
}

/** Grey where content will be; takes the content's size. */
export function Bone({ kind }: { kind: 'word' | 'sentence' | 'number' | 'block' | 'row' }) {
  return <span class={`bone bone-${kind}`} aria-hidden="true" />;
}

/** How a figure stands to the one before: sign and arrow say it, the colour only repeats it. */
export function ChangeMark({ change }: { change: Change | null }) {
  if (!change) return <span class="delta">{NO_VALUE}</span>;
  const rises = change.text === 'new' || change.text.startsWith('+');
  const falls = /^[-\u2212]/.test(change.text);
  return (
    <span class={`delta delta-${change.tone}`}>
      {(rises || falls) && (
        <span class="delta-arrow" aria-hidden="true">
          {rises ? '↑' : '↓'}
        </span>
      )}
      {change.text}
    </span>
  );
}

/** A panel without anything to show, because asking failed. */
export function Failure({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <div class="failure" role="alert">
      <p class="failure-title">{problem.title}</p>
      <p class="failure-detail">{problem.detail}</p>
      <button type="button" class="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** Beside figures that are shown but could not be refreshed. */
export function Stale({ at, zone, retry }: { at: number; zone: string; retry: () => void }) {
  return (
    <p class="stale" role="status">
      Could not refresh. Showing the figures of {format.time(at, zone)}.{' '}
      <button type="button" class="link" onClick={retry}>
        Try again
      </button>
    </p>
  );
}

export function CopyButton({ text }: { text: string }) {
  const [done, setDone] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => {
      setDone(null);
    }, 2500);
    return () => {
      clearTimeout(timer);
    };
  }, [done]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => {
        setDone('copied');
      },
      () => {
        setDone('failed');
      },
    );
  };
  const words = done === 'copied' ? 'Copied' : done === 'failed' ? 'Select it by hand' : 'Copy';
  return (
    <>
      <button type="button" class="button copy" onClick={copy}>
        {done === 'copied' ? <CheckIcon /> : <CopyIcon />}
        {words}
      </button>
      <span class="unseen" role="status">
        {done ? words : ''}
      </span>
    </>
  );
}

/** A modal dialog; Escape, the button and a click outside close it. */
export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  kind?: string;
}) {
  const { title, onClose, children, kind = '' } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${kind}`.trim()}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2>{title}</h2>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
