// A module (`src/modules/<name>`) may use itself and `src/core`, never a sibling: what two modules share moves to core.
// Core in turn knows no module. Otherwise a module could no longer be changed, or taken out, on its own.
import path from 'node:path';

/**
 * @typedef {{ root: string, layer: 'modules' | 'core', module: string | null }} Place
 * @typedef {import('eslint').Rule.RuleModule} RuleModule
 */

/**
 * Where a file stands in its package, or null when it is in neither layer.
 * @param {string} file an absolute path
 * @returns {Place | null}
 */
function place(file) {
  const parts = file.split(path.sep);
  const src = parts.lastIndexOf('src');
  const layer = parts[src + 1];
  if (src < 1 || (layer !== 'modules' && layer !== 'core')) return null;
  return {
    root: parts.slice(0, src + 1).join(path.sep),
    layer,
    module: layer === 'modules' ? (parts[src + 2] ?? null) : null,
  };
}

/**
 * Why `from` may not import `to`, or null when it may.
 * @param {Place} from
 * @param {Place} to
 * @returns {'sibling' | 'upward' | null}
 */
function objection(from, to) {
  if (from.root !== to.root || to.layer !== 'modules') return null;
  if (from.layer === 'core') return 'upward';
  return from.module === to.module ? null : 'sibling';
}

/** @type {RuleModule} */
export const moduleBoundaries = {
  meta: {
    type: 'problem',
    docs: { description: 'no import from one module folder into another, nor from core into a module' },
    schema: [],
    messages: {
      sibling: "'{{source}}' belongs to another module; move what both need to src/core.",
      upward: "'{{source}}' belongs to a module; core must not know the modules.",
    },
  },
  create(context) {
    const from = place(context.filename);
    if (!from) return {};
    /** @param {{ source?: import('estree').Expression | null | undefined }} node */
    const check = (node) => {
      const source = node.source;
      if (source?.type !== 'Literal' || typeof source.value !== 'string' || !source.value.startsWith('.'))
        return;
      const to = place(path.resolve(path.dirname(context.filename), source.value));
      const why = to && objection(from, to);
      if (why) context.report({ node: source, messageId: why, data: { source: source.value } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      // `import('…').Name` in a type.
      TSImportType: check,
    };
  },
};
