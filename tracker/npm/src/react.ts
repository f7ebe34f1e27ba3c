'use client';
import { useEffect } from 'react';
import { load, ut } from './index.ts';
import type { Options, Ut } from './index.ts';

/** Puts the tracker on the page when the component that calls it is first shown, and returns `ut`. */
export function useUt(options: Options): Ut {
  const { src, site } = options;
  useEffect(() => {
    load(options);
    // It is put on a page once: other options later change nothing.
  }, [src, site]);
  return ut;
}

/** The same as an element that shows nothing, for a layout: `<UniversalTracking src="/ut/ut.js" site="pk_…" />`. */
export function UniversalTracking(options: Options): null {
  useUt(options);
  return null;
}
