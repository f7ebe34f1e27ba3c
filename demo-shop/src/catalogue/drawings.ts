import type { Palette } from './palettes.ts';

/** A product as SVG in the colours of a variant. */
export type Drawing = (palette: Palette) => string;

const WOOD = '#b98a5a';
const WOOD_SHADE = '#8a6138';
/** Lamp light, whatever the colour of the lamp. */
const GLOW = '#ffdf9e';

/** All objects stand on the same ground and share one light from the upper left. */
function scene(shadowWidth: number, content: string, ground = 336): string {
  return `<svg viewBox="30 20 340 340" xmlns="http://www.w3.org/2000/svg"><ellipse cx="206" cy="${ground}" rx="${shadowWidth}" ry="13" fill="#000" opacity=".16"/>${content}</svg>`;
}

/** What hangs from above casts its shadow on the wall instead. */
function hanging(content: string): string {
  return `<svg viewBox="30 30 340 340" xmlns="http://www.w3.org/2000/svg">${content}</svg>`;
}

export const lamp: Drawing = (c) =>
  scene(
    92,
    `<path d="M116 200 58 336h284l-58-136z" fill="${GLOW}" opacity=".22"/>
    <rect x="193" y="180" width="14" height="122" fill="${WOOD}"/><rect x="202" y="180" width="5" height="122" fill="${WOOD_SHADE}"/>
    <path d="M140 336c0-24 24-36 60-36s60 12 60 36z" fill="${c.shade}"/><path d="M140 336c0-24 24-36 60-36-26 4-38 16-40 36z" fill="${c.main}"/>
    <path d="M148 84h104l38 116H110z" fill="${c.main}"/><path d="M148 84h26l-26 116h-38z" fill="${c.light}"/><path d="M236 84h16l38 116h-34z" fill="${c.shade}" opacity=".55"/>
    <ellipse cx="200" cy="200" rx="90" ry="12" fill="${c.accent}"/><ellipse cx="200" cy="84" rx="52" ry="7" fill="${c.shade}"/>`,
  );

export const mug: Drawing = (c) =>
  scene(
    92,
    `<path d="M268 190c58-8 70 92-8 92" fill="none" stroke="${c.shade}" stroke-width="22" stroke-linecap="round"/>
    <path d="M124 160h152v124c0 34-22 52-52 52h-48c-30 0-52-18-52-52z" fill="${c.main}"/>
    <path d="M124 160h34v120c0 30 8 46 26 56h-8c-30 0-52-18-52-52z" fill="${c.light}"/>
    <path d="M124 236c26-14 50 14 76 0s50-14 76 0v48c0 34-22 52-52 52h-48c-30 0-52-18-52-52z" fill="${c.shade}" opacity=".5"/>
    <ellipse cx="200" cy="160" rx="76" ry="17" fill="${c.accent}"/><ellipse cx="200" cy="163" rx="64" ry="12" fill="#5a3a26"/>
    <path d="M176 126c-14-16 12-26 0-46M206 120c-14-18 12-28 0-50" fill="none" stroke="${c.light}" stroke-width="6" stroke-linecap="round" opacity=".75"/>`,
  );

export const vase: Drawing = (c) =>
  scene(
    70,
    `<path d="M196 150c-8-50-40-64-62-84M204 150c0-60 22-84 40-112M202 150c6-36 40-44 74-54" fill="none" stroke="#6d7a4e" stroke-width="6" stroke-linecap="round"/>
    <g fill="#7f8e5b"><ellipse cx="130" cy="62" rx="24" ry="11" transform="rotate(38 130 62)"/><ellipse cx="160" cy="98" rx="22" ry="10" transform="rotate(70 160 98)"/><ellipse cx="246" cy="36" rx="24" ry="11" transform="rotate(-60 246 36)"/><ellipse cx="224" cy="78" rx="22" ry="10" transform="rotate(-20 224 78)"/></g>
    <g fill="${c.accent}" stroke="${c.shade}" stroke-width="2"><circle cx="284" cy="92" r="18"/><circle cx="150" cy="74" r="12"/></g><circle cx="284" cy="92" r="7" fill="${c.shade}"/>
    <path d="M176 146h48c0 34 44 56 44 112 0 44-26 78-68 78s-68-34-68-78c0-56 44-78 44-112z" fill="${c.main}"/>
    <path d="M176 146h16c0 40-30 66-30 116 0 36 12 60 30 74-38-4-60-36-60-78 0-56 44-78 44-112z" fill="${c.light}"/>
    <path d="M134 244c40 16 92 16 132 0 2 8 2 20 1 28-40 16-94 16-134 0-1-10-1-20 1-28z" fill="${c.accent}" opacity=".8"/>
    <ellipse cx="200" cy="146" rx="25" ry="7" fill="${c.shade}"/>`,
  );

export const throwBlanket: Drawing = (c) => {
  const folds = [0, 1, 2, 3].map((fold) => {
    const y = 150 + fold * 44;
    const fill = fold % 2 ? c.light : c.main;
    return `<path d="M92 ${y}q-22 22 0 44h204q24-22 0-44z" fill="${fill}"/><path d="M296 ${y}q24 22 0 44h-34q22-22 0-44z" fill="${c.shade}" opacity=".55"/><path d="M112 ${y + 16}h140M112 ${y + 28}h140" stroke="${c.accent}" stroke-width="4" stroke-dasharray="14 10" opacity=".8"/>`;
  });
  const fringe = Array.from({ length: 15 }, (_, at) => `M${100 + at * 14} 326v${at % 2 ? 14 : 20}`).join('');
  return scene(
    120,
    `${folds.join('')}<path d="${fringe}" stroke="${c.shade}" stroke-width="5" stroke-linecap="round"/><path d="M92 150q10-34 60-34h96q48 0 48 34z" fill="${c.shade}"/><path d="M92 150q10-34 60-34h60q-40 6-52 34z" fill="${c.main}"/>`,
    340,
  );
};

export const clock: Drawing = (c) => {
  const marks = Array.from({ length: 12 }, (_, hour) => {
    const wide = hour % 3 === 0;
    return `<rect x="${wide ? 196 : 198}" y="90" width="${wide ? 8 : 4}" height="${wide ? 20 : 13}" rx="2" transform="rotate(${hour * 30} 200 200)"/>`;
  });
  return hanging(
    `<circle cx="212" cy="214" r="138" opacity=".14"/><circle cx="200" cy="200" r="138" fill="${c.shade}"/><circle cx="197" cy="197" r="134" fill="${c.main}"/><circle cx="200" cy="200" r="118" fill="${c.accent}"/>
    <g fill="${c.shade}">${marks.join('')}</g>
    <path d="M200 200 152 150" stroke="#33291f" stroke-width="11" stroke-linecap="round"/><path d="M200 200 262 128" stroke="#33291f" stroke-width="7" stroke-linecap="round"/><path d="M200 222V118" stroke="${c.main}" stroke-width="3" stroke-linecap="round"/><circle cx="200" cy="200" r="9" fill="${c.shade}"/>`,
  );
};

export const chair: Drawing = (c) => {
  const weave = Array.from({ length: 7 }, (_, at) => `M${146 + at * 18} 84v98`).join('');
  return scene(
    104,
    `<g stroke-linecap="round" fill="none"><path d="M144 220 126 334M262 220l18 114" stroke="${WOOD_SHADE}" stroke-width="13"/><path d="M138 70v160l-6 104M268 70v160l8 104" stroke="${WOOD}" stroke-width="15"/><path d="M134 290h140" stroke="${WOOD_SHADE}" stroke-width="8"/></g>
    <rect x="132" y="72" width="142" height="114" rx="18" fill="${c.accent}"/><path d="${weave}" stroke="${c.main}" stroke-width="8"/><path d="M138 104h130M138 128h130M138 152h130" stroke="${c.light}" stroke-width="7" stroke-dasharray="18 18"/>
    <rect x="132" y="72" width="142" height="114" rx="18" fill="none" stroke="${WOOD}" stroke-width="13"/>
    <path d="M116 214q0-14 16-14h142q16 0 16 14l6 14q0 18-18 18H128q-18 0-18-18z" fill="${c.main}"/><path d="M116 214q0-14 16-14h142q16 0 16 14l2 6H114z" fill="${c.light}"/>`,
    338,
  );
};

export const planter: Drawing = (c) => {
  const leaves = [-62, -38, -14, 12, 36, 60].map((angle, at) => {
    const fill = ['#5c7a4a', '#78955f', '#4d6a40'][at % 3] ?? '';
    const length = at % 2 ? 150 : 124;
    return `<path d="M200 226c-26-${length / 3}-20-${length * 0.8} 0-${length} 20 ${length * 0.2} 26 ${length * 0.66} 0 ${length}z" fill="${fill}" transform="rotate(${angle} 200 226)"/>`;
  });
  return scene(
    80,
    `${leaves.join('')}<path d="M122 216h156l-18 104q-3 16-18 16h-84q-15 0-18-16z" fill="${c.main}"/><path d="M122 216h40l10 120h-14q-15 0-18-16z" fill="${c.light}"/><path d="M250 216h28l-18 104q-3 16-18 16h-12z" fill="${c.shade}" opacity=".55"/><rect x="112" y="202" width="176" height="28" rx="9" fill="${c.shade}"/><rect x="112" y="202" width="176" height="13" rx="6" fill="${c.main}"/><path d="M132 270l20 16 20-16 20 16 20-16 20 16 20-16 14 11" fill="none" stroke="${c.accent}" stroke-width="6" stroke-linejoin="round"/>`,
  );
};

export const kettle: Drawing = (c) =>
  scene(
    104,
    `<path d="M140 168c-14-98 134-98 120 0" fill="none" stroke="${WOOD}" stroke-width="15" stroke-linecap="round"/><path d="M150 116c12-26 88-26 100 0" fill="none" stroke="${WOOD_SHADE}" stroke-width="15" stroke-linecap="round"/>
    <path d="M272 246c44-2 40-62 66-74l14 12c-20 18-16 92-74 98z" fill="${c.shade}"/>
    <path d="M200 158c60 0 92 48 92 108 0 44-20 70-48 70h-88c-28 0-48-26-48-70 0-60 32-108 92-108z" fill="${c.main}"/>
    <path d="M200 158c-34 8-58 50-58 108 0 40 8 62 22 70h-8c-28 0-48-26-48-70 0-60 32-108 92-108z" fill="${c.light}"/>
    <path d="M112 300h176c-6 24-22 36-44 36h-88c-22 0-38-12-44-36z" fill="${c.shade}" opacity=".6"/>
    <path d="M154 172c16-18 76-18 92 0-20 10-72 10-92 0z" fill="${c.shade}"/><circle cx="200" cy="152" r="11" fill="${c.accent}"/>`,
  );

export const radio: Drawing = (c) => {
  const holes = Array.from(
    { length: 30 },
    (_, at) => `<circle cx="${112 + (at % 6) * 18}" cy="${196 + Math.floor(at / 6) * 22}" r="5"/>`,
  );
  return scene(
    136,
    `<path d="M262 146 316 62" stroke="#8b8378" stroke-width="6" stroke-linecap="round"/><circle cx="318" cy="58" r="8" fill="${c.shade}"/>
    <rect x="70" y="144" width="260" height="180" rx="26" fill="${c.shade}"/><rect x="70" y="144" width="250" height="172" rx="26" fill="${c.main}"/>
    <rect x="88" y="166" width="138" height="136" rx="14" fill="${c.accent}"/><g fill="${c.shade}">${holes.join('')}</g>
    <rect x="238" y="166" width="66" height="40" rx="8" fill="#2f2822"/><path d="M246 186h50M254 178v16M266 180v12M278 178v16M290 180v12" stroke="${c.accent}" stroke-width="3"/><path d="M272 174v24" stroke="#e2623a" stroke-width="4"/>
    <circle cx="271" cy="252" r="34" fill="${c.light}"/><circle cx="271" cy="252" r="23" fill="${c.shade}"/><path d="M271 252 286 236" stroke="${c.accent}" stroke-width="6" stroke-linecap="round"/>
    <rect x="96" y="320" width="34" height="14" rx="5" fill="${WOOD_SHADE}"/><rect x="268" y="320" width="34" height="14" rx="5" fill="${WOOD_SHADE}"/>`,
    336,
  );
};

export const notebook: Drawing = (c) =>
  scene(
    112,
    `<g transform="rotate(-7 200 210)"><rect x="112" y="78" width="186" height="248" rx="8" fill="${c.shade}"/><rect x="118" y="82" width="182" height="238" rx="4" fill="#f4ecdd"/><path d="M300 92v220M296 90v224" stroke="#d8cbb4" stroke-width="2"/>
    <rect x="104" y="72" width="186" height="248" rx="9" fill="${c.main}"/><rect x="104" y="72" width="34" height="248" rx="9" fill="${c.light}"/><rect x="252" y="72" width="11" height="248" fill="${c.shade}"/>
    <rect x="156" y="116" width="78" height="54" rx="5" fill="${c.accent}"/><path d="M168 134h54M168 148h36" stroke="${c.shade}" stroke-width="5" stroke-linecap="round"/></g>
    <g transform="rotate(24 316 220)"><rect x="306" y="118" width="18" height="168" rx="3" fill="${WOOD}"/><rect x="315" y="118" width="9" height="168" fill="${WOOD_SHADE}"/><path d="M306 286h18l-9 32z" fill="#ecd6b4"/><path d="M312 306h6l-3 12z" fill="#2f2822"/><rect x="306" y="104" width="18" height="18" rx="5" fill="${c.light}"/></g>`,
    338,
  );

export const pendant: Drawing = (c) =>
  hanging(
    `<path d="M96 264-40 640h480L304 264z" fill="${GLOW}" opacity=".22"/><path d="M200-120v232" stroke="#5b5048" stroke-width="5"/><rect x="186" y="104" width="28" height="26" rx="6" fill="${WOOD}"/>
    <path d="M200 122c74 0 124 56 124 140H76c0-84 50-140 124-140z" fill="${c.main}"/><path d="M200 122c-52 6-86 60-86 140H76c0-84 50-140 124-140z" fill="${c.light}"/><path d="M232 126c56 14 92 66 92 136h-40c0-64-20-116-52-136z" fill="${c.shade}" opacity=".55"/>
    <ellipse cx="200" cy="262" rx="124" ry="15" fill="${c.shade}"/><ellipse cx="200" cy="264" rx="104" ry="10" fill="${c.accent}"/><circle cx="200" cy="270" r="20" fill="#fff6de"/>`,
  );

export const bowls: Drawing = (c) =>
  scene(
    128,
    `<path d="M88 246h228c0 54-44 90-114 90S88 300 88 246z" fill="${c.shade}"/><path d="M88 246h60c2 44 20 76 54 90-70 0-114-36-114-90z" fill="${c.main}"/><ellipse cx="202" cy="246" rx="114" ry="20" fill="${c.main}"/><ellipse cx="202" cy="248" rx="98" ry="14" fill="${c.shade}"/>
    <path d="M106 190h190c0 46-36 74-94 74s-96-28-96-74z" fill="${c.main}"/><path d="M106 190h48c2 36 18 62 48 74-58 0-96-28-96-74z" fill="${c.light}"/><ellipse cx="201" cy="190" rx="95" ry="17" fill="${c.light}"/><ellipse cx="201" cy="192" rx="81" ry="12" fill="${c.main}"/>
    <path d="M126 140h150c0 38-28 60-74 60s-76-22-76-60z" fill="${c.accent}"/><path d="M230 196c28-8 46-28 46-56h-30c0 24-4 44-16 56z" fill="${c.light}" opacity=".6"/><ellipse cx="201" cy="140" rx="75" ry="14" fill="${c.light}"/><ellipse cx="201" cy="142" rx="63" ry="9" fill="${c.shade}" opacity=".7"/>`,
  );
