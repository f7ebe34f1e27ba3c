// What opens below a button and closes by Escape, by a press outside, and when the focus leaves it.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

export interface Popup {
  open: boolean;
  setOpen: (open: boolean) => void;
  /** Around the button and what it opens. */
  root: RefObject<HTMLDivElement | null>;
  /** Closes it and puts the focus back on its button. */
  close: () => void;
}

export function usePopup(): Popup {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
    root.current?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
  };
  // With what opens, not after it is painted: a key pressed at once must find its listener.
  useLayoutEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    };
    const at = root.current;
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    at?.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
      at?.removeEventListener('keydown', escape);
    };
  }, [open]);
  return { open, setOpen, root, close };
}
