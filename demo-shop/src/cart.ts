import { productById, variantOf } from './catalogue/index.ts';
import type { Product } from './catalogue/index.ts';
import { net } from './money.ts';
import type { Cents } from './money.ts';
import { read, write } from './store.ts';

const KEY = 'shop.cart';
const MOST_OF_ONE = 9;

/** One product in one variant. */
export interface Line {
  product: Product;
  variant: string;
  quantity: number;
}

interface StoredLine {
  id: string;
  variant: string;
  quantity: number;
}

function isStored(value: unknown): value is StoredLine[] {
  return (
    Array.isArray(value) &&
    value.every((line: unknown) => {
      const { id, variant, quantity } = Object(line) as Record<string, unknown>;
      return typeof id === 'string' && typeof variant === 'string' && Number.isInteger(quantity);
    })
  );
}

export function lines(): Line[] {
  return (read(KEY, isStored) ?? []).flatMap(({ id, variant, quantity }) => {
    const product = productById(id);
    return product && quantity > 0 ? [{ product, variant: variantOf(product, variant).name, quantity }] : [];
  });
}

function store(next: Line[]): void {
  write(
    KEY,
    next.map(({ product, variant, quantity }) => ({ id: product.id, variant, quantity })),
  );
}

/** Changes a line's quantity by `step` within 0 to 9 and says by how much it really changed. */
export function change(product: Product, variant: string, step: number): number {
  const all = lines();
  let line = all.find((one) => one.product === product && one.variant === variant);
  if (!line) all.push((line = { product, variant, quantity: 0 }));
  const before = line.quantity;
  line.quantity = Math.min(Math.max(before + step, 0), MOST_OF_ONE);
  store(all.filter((one) => one.quantity > 0));
  return line.quantity - before;
}

export function clear(): void {
  write(KEY, null);
}

export function count(of: Line[]): number {
  return of.reduce((sum, line) => sum + line.quantity, 0);
}

/** What the customer pays for the goods. */
export function subtotal(of: Line[]): Cents {
  return of.reduce((sum, line) => sum + line.product.price * line.quantity, 0);
}

/** The same without tax, which is what GA4 calls `value`. */
export function netSubtotal(of: Line[]): Cents {
  return of.reduce((sum, line) => sum + net(line.product.price) * line.quantity, 0);
}
