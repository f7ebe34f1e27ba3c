// What `data-ut-…` attributes say, without the page around them.

/** As an element has them. */
export type Attributes = ArrayLike<{ name: string; value: string }>;
export type Fields = Record<string, string>;

/** Of what an element says, that which is of its item. */
const OF_ITEM = /^(item_(?!list_)\w+|price|quantity|discount|index)$/;

/** `data-ut-item-id="42"` is `item_id`; what is empty says nothing. */
export function fieldsOf(attributes: Attributes): Fields {
  const fields: Fields = {};
  for (const { name, value } of Array.from(attributes)) {
    const said = /^data-ut-(?!(?:event|view)$)(.+)/.exec(name);
    if (said && value) fields[(said[1] as string).replace(/-/g, '_')] = value;
  }
  return fields;
}

/** Splits fields into those of the event and those of its item. */
function split(fields: Fields): [event: Fields, item: Fields] {
  const [event, item]: [Fields, Fields] = [{}, {}];
  for (const [name, value] of Object.entries(fields)) (OF_ITEM.test(name) ? item : event)[name] = value;
  return [event, item];
}

/**
 * The parameters of an event: `own` is said by the element itself, `inside` by the items in it, `around` by the item it
 * stands in, `currency` by the nearest element that names one.
 */
export function parametersOf(
  own: Fields,
  inside: Fields[],
  around: Fields | null,
  currency: string | undefined,
): Record<string, unknown> {
  const [event, item] = split(own);
  const parameters: Record<string, unknown> = { currency, ...event };
  const isItem = item['item_id'] || item['item_name'];
  // A button in a product's card need not say again which product it is.
  const items = isItem ? [item] : inside.length || !around ? inside : [{ ...split(around)[1], ...item }];
  if (items.length) parameters['items'] = items;
  return parameters;
}
