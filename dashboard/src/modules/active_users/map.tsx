// The world with the countries of this moment's visitors, and the same as a table.
import { useEffect, useRef, useState } from 'preact/hooks';
import world from 'virtual:world';
import { countryName } from '../../core/dimensions.ts';
import { format, printable } from '../../core/format.ts';
import { Bone } from '../../core/ui/parts.tsx';
import { shadeOf, type CountryNow } from './countries.ts';

const DOT = 3.2;

/** What the pointer or the focus is on. */
interface Pointed {
  code: string;
  x: number;
  y: number;
}

const visitorsWord = (count: number): string =>
  `${format.count(count)} ${count === 1 ? 'visitor' : 'visitors'}`;

function Tip({ at, visitors }: { at: Pointed; visitors: number }) {
  return (
    <p class="map-tip" style={{ left: `${at.x}px`, top: `${at.y}px` }} aria-hidden="true">
      <strong>{countryName(at.code)}</strong> {visitors === 0 ? 'nobody now' : visitorsWord(visitors)}
    </p>
  );
}

export function WorldMap({ countries }: { countries: CountryNow[] | null }) {
  const box = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const counts = new Map((countries ?? []).map(({ code, visitors }) => [code, visitors]));
  const most = Math.max(1, ...counts.values());
  const leave = () => {
    setPointed(null);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setPointed(null);
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  const point = (code: string, target: Element) => {
    const outer = box.current?.getBoundingClientRect();
    if (!outer) return;
    const inner = target.getBoundingClientRect();
    // Russia's middle may lie beyond the edge of a phone; the words must not.
    const middle = inner.left + inner.width / 2 - outer.left;
    const x = Math.min(outer.width - 90, Math.max(90, middle));
    setPointed({ code, x, y: Math.max(36, inner.top - outer.top) });
  };
  const attributesOf = (code: string) => {
    const visitors = counts.get(code) ?? 0;
    const heard = {
      onPointerEnter: (event: PointerEvent) => {
        if (event.currentTarget instanceof Element) point(code, event.currentTarget);
      },
      onPointerLeave: leave,
    };
    if (visitors === 0) return { class: 'land', ...heard };
    return {
      class: `land land-${shadeOf(visitors, most)}`,
      role: 'img' as const,
      tabIndex: 0,
      'aria-label': `${countryName(code)}: ${visitorsWord(visitors)}`,
      onFocus: (event: FocusEvent) => {
        if (event.currentTarget instanceof Element) point(code, event.currentTarget);
      },
      onBlur: leave,
      ...heard,
    };
  };
  return (
    <div class="map" ref={box}>
      <svg
        class="map-picture"
        viewBox={`0 0 ${world.width} ${world.height}`}
        role="group"
        aria-label="Map of the world: where visitors are now. The table beside it says the same."
      >
        <path class="land" d={world.rest} />
        {world.shapes.map(([code, path]) => (
          <path key={code} d={path} {...attributesOf(code)} />
        ))}
        {world.dots
          .filter(([code]) => counts.has(code))
          .map(([code, x, y]) => (
            <circle key={`dot-${code}`} cx={x} cy={y} r={DOT} {...attributesOf(code)} />
          ))}
      </svg>
      {pointed && <Tip at={pointed} visitors={counts.get(pointed.code) ?? 0} />}
    </div>
  );
}

const ROWS = 10;

export function CountriesNow({ countries }: { countries: CountryNow[] | null }) {
  const most = Math.max(1, ...(countries ?? []).map(({ visitors }) => visitors));
  return (
    <div class="map-table">
      <table class="bars">
        <caption class="label">Countries now</caption>
        <thead>
          <tr>
            <th scope="col">Country</th>
            <th scope="col" class="number">
              Visitors
            </th>
          </tr>
        </thead>
        <tbody>
          {countries === null &&
            [...Array(ROWS).keys()].map((place) => (
              <tr key={place}>
                <td colSpan={2}>
                  <Bone kind="row" />
                </td>
              </tr>
            ))}
          {countries?.length === 0 && (
            <tr>
              <td colSpan={2} class="quiet">
                Nobody whose country is known.
              </td>
            </tr>
          )}
          {countries?.slice(0, ROWS).map(({ code, visitors }) => (
            <tr key={code}>
              <th scope="row">
                <span class="bar-fill" style={{ width: `${(visitors / most) * 100}%` }} />
                <bdi class="foreign">{printable(countryName(code))}</bdi>
              </th>
              <td class="number strong">{format.count(visitors)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
