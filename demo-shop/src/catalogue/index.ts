import type { Cents } from '../money.ts';
import * as draw from './drawings.ts';
import type { Drawing } from './drawings.ts';
import { CLAY, MOSS, OCHRE, PLUM, SAND, SLATE } from './palettes.ts';
import type { Palette } from './palettes.ts';

export const CATEGORIES = ['Light', 'Table', 'Home', 'Desk'] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Product {
  id: string;
  name: string;
  category: Category;
  /** With tax. */
  price: Cents;
  tagline: string;
  about: string;
  care: string;
  draw: Drawing;
  /** The first is the one shown in lists. */
  variants: readonly [Palette, ...Palette[]];
}

export const PRODUCTS: readonly Product[] = [
  {
    id: 'ember-lamp',
    name: 'Ember table lamp',
    category: 'Light',
    price: 8900,
    tagline: 'A warm pool of light for the end of the day.',
    about:
      'Linen shade on a turned ash stem. Dims to one percent with a tap on the foot, and remembers where you left it.',
    care: 'Dust the shade with a soft brush. The bulb is a standard E27 and can be replaced, as can the cable.',
    draw: draw.lamp,
    variants: [CLAY, MOSS, SLATE],
  },
  {
    id: 'tide-mug',
    name: 'Tide mug',
    category: 'Table',
    price: 1800,
    tagline: 'Stoneware, dipped twice, never quite the same line.',
    about:
      'Holds 320 ml, feels like less. The handle takes three fingers, the rim is thin, the foot is left unglazed.',
    care: 'Safe in dishwasher, microwave and oven up to 220 °C. The bare foot darkens with the years.',
    draw: draw.mug,
    variants: [SLATE, CLAY, OCHRE],
  },
  {
    id: 'dune-vase',
    name: 'Dune vase',
    category: 'Home',
    price: 4600,
    tagline: 'One branch is enough.',
    about: 'A narrow neck and a wide belly: three stems stand by themselves. Thrown by hand, 24 cm tall.',
    care: 'Rinse with warm water. Lime comes off with a spoonful of vinegar.',
    draw: draw.vase,
    variants: [OCHRE, PLUM, MOSS],
  },
  {
    id: 'loom-throw',
    name: 'Loom throw',
    category: 'Home',
    price: 12000,
    tagline: 'Heavy enough to stay where you put it.',
    about:
      'Woven from undyed and plant-dyed lambswool, 140 × 200 cm, with a knotted fringe on the short sides.',
    care: 'Air it outside on a damp day. If it must be: wool cycle, cold, no spin.',
    draw: draw.throwBlanket,
    variants: [PLUM, SLATE, MOSS],
  },
  {
    id: 'pebble-clock',
    name: 'Pebble wall clock',
    category: 'Home',
    price: 6400,
    tagline: 'Tells the time and nothing else.',
    about: 'A silent sweep movement in a glazed ring, 28 cm across. You will not hear it.',
    care: 'One AA cell lasts about two years. Wipe the glass with a dry cloth.',
    draw: draw.clock,
    variants: [MOSS, CLAY, SLATE],
  },
  {
    id: 'reed-chair',
    name: 'Reed chair',
    category: 'Desk',
    price: 24900,
    tagline: 'Light to lift, easy to keep.',
    about: 'Steam-bent ash with a seat and back of twisted paper cord. Carries 140 kg, weighs 3.6 kg.',
    care: 'Oil the wood once a year. The cord can be rewoven; we send you the reel.',
    draw: draw.chair,
    variants: [SAND, SLATE, CLAY],
  },
  {
    id: 'fern-planter',
    name: 'Fern planter',
    category: 'Home',
    price: 3400,
    tagline: 'With a saucer you do not see.',
    about: 'Terracotta with a hidden water tray, for pots up to 17 cm. The plant is not included.',
    care: 'Let it dry out once a season. White marks are minerals: brush them off, or let them be.',
    draw: draw.planter,
    variants: [CLAY, SAND, SLATE],
  },
  {
    id: 'drift-kettle',
    name: 'Drift kettle',
    category: 'Table',
    price: 7200,
    tagline: 'Pours in a line, stops without a drop.',
    about: 'Enamelled steel, 1.4 litres, for every hob including induction. The handle stays cool.',
    care: 'Boil with citric acid once a month. Do not leave it dry on the heat.',
    draw: draw.kettle,
    variants: [SLATE, MOSS, CLAY],
  },
  {
    id: 'murmur-radio',
    name: 'Murmur radio',
    category: 'Desk',
    price: 13900,
    tagline: 'One dial, one speaker, no account.',
    about: 'FM and DAB+ behind a single dial, a paper-cone speaker, and a battery for two days of mornings.',
    care: 'The battery is held by four screws and costs less than a lunch.',
    draw: draw.radio,
    variants: [OCHRE, MOSS, PLUM],
  },
  {
    id: 'field-notebook',
    name: 'Field notebook',
    category: 'Desk',
    price: 1450,
    tagline: 'Lies flat from the first page.',
    about: '160 pages of uncoated paper, thread-sewn, dotted at 5 mm. The pencil is included.',
    care: 'Write in it.',
    draw: draw.notebook,
    variants: [MOSS, CLAY, SLATE],
  },
  {
    id: 'halo-pendant',
    name: 'Halo pendant',
    category: 'Light',
    price: 15900,
    tagline: 'Hangs low, shines down, blinds nobody.',
    about:
      'Spun aluminium, 42 cm across, powder-coated outside and white within. Three metres of textile cable.',
    care: 'Wipe with a damp cloth when it is off and cold.',
    draw: draw.pendant,
    variants: [SAND, CLAY, SLATE],
  },
  {
    id: 'cove-bowls',
    name: 'Cove bowls, set of three',
    category: 'Table',
    price: 5800,
    tagline: 'Soup, salad, and the one you keep for yourself.',
    about: 'Three sizes that stack into one. Stoneware with a satin glaze: 14, 17 and 21 cm.',
    care: 'Safe in dishwasher and microwave.',
    draw: draw.bowls,
    variants: [CLAY, SLATE, OCHRE],
  },
];

export function productById(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

/** The product's variant of that name, else its first. */
export function variantOf(product: Product, name: string): Palette {
  return product.variants.find((variant) => variant.name === name) ?? product.variants[0];
}

/** Four others, those of the same category first. */
export function related(product: Product): Product[] {
  const others = PRODUCTS.filter((other) => other !== product);
  const near = others.filter((other) => other.category === product.category);
  return [...near, ...others.filter((other) => !near.includes(other))].slice(0, 4);
}
