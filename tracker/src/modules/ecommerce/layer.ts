import { site } from '../../core/site.ts';
import { hear } from './push.ts';
import { known } from './words.ts';

/** Says what the page's data layer says, from the first push on. */
export function hearDataLayer(): void {
  const page = window as { dataLayer?: unknown };
  const layer = (page.dataLayer = page.dataLayer || []);
  if (!Array.isArray(layer)) return;
  const listen = (push: unknown): void => {
    try {
      hear(push, (name, said) => {
        site.line.push([name, known(said)]);
      });
    } catch {
      // Whatever it is that was pushed: the page's own tools shall have it.
    }
  };
  layer.forEach(listen);
  const { push } = layer;
  // Tag Manager has put its own `push` there, or will call this one from its own.
  layer.push = function (this: unknown[], ...pushes) {
    pushes.forEach(listen);
    return push.apply(this, pushes);
  };
}
