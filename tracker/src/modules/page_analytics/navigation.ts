import { load } from '../../core/load.ts';
import { site } from '../../core/site.ts';

/** Calls back after every change of the address within this document, also one that turns out to be no new page. */
export function onAddressChange(changed: () => void): void {
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) {
    navigation.addEventListener('currententrychange', changed);
  } else {
    site.changed = changed;
    load(`${site.base}ut-navigation.js`);
  }
}
