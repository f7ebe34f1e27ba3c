import { count, netSubtotal, subtotal } from './cart.ts';
import type { Line } from './cart.ts';
import { itemOf } from './measure.ts';
import type { Order } from './measure.ts';
import type { Cents } from './money.ts';
import { read, write } from './store.ts';

const KEY = 'shop.order';

export interface Delivery {
  tier: string;
  promise: string;
  price: Cents;
}

export const DELIVERIES: readonly [Delivery, ...Delivery[]] = [
  { tier: 'Standard', promise: '2 to 4 working days', price: 490 },
  { tier: 'Express', promise: 'Tomorrow, before noon', price: 990 },
  { tier: 'Pick-up', promise: 'From our parcel locker', price: 0 },
];

export const PAYMENTS = ['Card', 'Invoice', 'Bank transfer'] as const;

/** An order that was placed in this tab. */
export interface Placed extends Order {
  pieces: number;
  total: Cents;
  tier: string;
  payment: string;
  /** Has the thank-you page told the measuring scripts? A reload must not sell twice. */
  told: boolean;
}

function isPlaced(value: unknown): value is Placed {
  const { id, total, items } = Object(value) as Record<string, unknown>;
  return typeof id === 'string' && typeof total === 'number' && Array.isArray(items);
}

/** `KC-` and eight characters that are not mistaken for one another. */
function orderNumber(): string {
  const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `KC-${Array.from(bytes, (byte) => alphabet[byte % 32]).join('')}`;
}

export function place(lines: Line[], delivery: Delivery, payment: string): void {
  const value = netSubtotal(lines);
  const placed: Placed = {
    id: orderNumber(),
    value,
    tax: subtotal(lines) - value,
    shipping: delivery.price,
    items: lines.map(itemOf),
    pieces: count(lines),
    total: subtotal(lines) + delivery.price,
    tier: delivery.tier,
    payment,
    told: false,
  };
  write(KEY, placed);
}

export function placed(): Placed | null {
  return read(KEY, isPlaced);
}

export function markTold(order: Placed): void {
  write(KEY, { ...order, told: true });
}
