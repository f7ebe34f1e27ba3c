// The world map of the realtime page, drawn when the dashboard is built: one path per country in the coordinates of the
// finished picture. Browsers get no geometry, no projection and no library, only what they draw.
// Shapes: Natural Earth (public domain), as packed by world-atlas.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { geoArea, geoCentroid, geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';

export const WIDTH = 960;
export const HEIGHT = 456;
/** What no shop sells to would take a quarter of the picture. */
const ANTARCTICA = 'AQ';
/** A country below this area (in steradians) is a spot that nobody finds: it gets a dot. */
const SMALLEST = 2e-5;

const require = createRequire(import.meta.url);

/** @param {string} scale */
async function countriesOf(scale) {
  const atlas = JSON.parse(await readFile(require.resolve(`world-atlas/countries-${scale}.json`), 'utf8'));
  return feature(atlas, atlas.objects.countries).features;
}

/**
 * `DE` of `276`: the tables of Intl know both. Null where the data has no code (disputed lands).
 * @param {string | undefined} numeric
 */
function alphaOf(numeric) {
  if (!numeric || !/^\d{3}$/.test(numeric)) return null;
  const [tag] = Intl.getCanonicalLocales(`und-${numeric}`);
  const region = tag?.split('-')[1] ?? '';
  return /^[A-Z]{2}$/.test(region) ? region : null;
}

/** Kosovo has no number in ISO 3166, and a code that everybody uses. @param {any} country */
const codeOf = (country) => alphaOf(country.id) ?? (country.properties.name === 'Kosovo' ? 'XK' : null);

/** A step of a relative path, in as few characters as the grammar of paths allows. @param {number} dx @param {number} dy */
const step = (dx, dy) => `${dx < 0 ? '' : ' '}${dx}${dy < 0 ? '' : ' '}${dy}`;

/**
 * The same rings by steps from point to point, which is a third smaller, without those that fall together in the picture.
 * @param {string} line rings of `Mx,yLx,y…Z`, whole numbers
 */
function shortened(line) {
  return line
    .split('M')
    .slice(1)
    .map((ring) => {
      const points = ring
        .replace('Z', '')
        .split('L')
        .map((point) => point.split(',').map(Number));
      const moved = points.filter(([x, y], at) => x !== points[at - 1]?.[0] || y !== points[at - 1]?.[1]);
      if (moved.length < 3) return '';
      const steps = moved.slice(1).map(([x, y], at) => step(x - moved[at][0], y - moved[at][1]));
      return `M${moved[0].join(' ')}l${steps.join('').trimStart()}z`;
    })
    .join('');
}

/**
 * `shapes`: code and path; `dots`: code, x and y of those too small for a shape; `rest`: one path of what has no code.
 * @returns {Promise<{ shapes: [string, string][], dots: [string, number, number][], rest: string }>}
 */
export async function world() {
  const [coarse, fine] = await Promise.all([countriesOf('110m'), countriesOf('50m')]);
  const drawn = coarse.filter((country) => codeOf(country) !== ANTARCTICA);
  const projection = geoNaturalEarth1().fitExtent(
    [
      [2, 2],
      [WIDTH - 2, HEIGHT - 2],
    ],
    { type: 'FeatureCollection', features: drawn },
  );
  const path = geoPath(projection).digits(0);
  /** @type {Map<string, string>} */
  const shapes = new Map();
  const large = new Set();
  let rest = '';
  for (const country of drawn) {
    const code = codeOf(country);
    const line = shortened(path(country) ?? '');
    if (code && geoArea(country) > SMALLEST) large.add(code);
    if (code) shapes.set(code, (shapes.get(code) ?? '') + line);
    else rest += line;
  }
  /** @type {[string, number, number][]} */
  const dots = [];
  for (const country of fine) {
    const code = codeOf(country);
    if (!code || code === ANTARCTICA || large.has(code)) continue;
    const at = projection(geoCentroid(country));
    if (at && !dots.some(([known]) => known === code))
      dots.push([code, Math.round(at[0]), Math.round(at[1])]);
  }
  return { shapes: [...shapes].sort(([a], [b]) => (a < b ? -1 : 1)), dots, rest };
}

/** Lets a script import the drawn map as `virtual:world`. @type {import('esbuild').Plugin} */
export const worldPlugin = {
  name: 'world',
  setup(build) {
    build.onResolve({ filter: /^virtual:world$/ }, () => ({ path: 'world', namespace: 'world' }));
    build.onLoad({ filter: /.*/, namespace: 'world' }, async () => ({
      contents: JSON.stringify({ width: WIDTH, height: HEIGHT, ...(await world()) }),
      loader: 'json',
    }));
  },
};
