// Builds what is committed in static/ and tests/vendor/. Run `make css`; see README.md.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import cssnano from 'cssnano';
import postcss from 'postcss';
import { PurgeCSS } from 'purgecss';
import * as sass from 'sass';
import { optimize } from 'svgo';
import { doorIcons, italiaIcons } from './icons/list.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const root = join(here, '..');
const out = join(root, 'static');
const read = (...parts) => readFileSync(join(...parts), 'utf8');
const versionOf = (name) => JSON.parse(read(modules, name, 'package.json')).version;

// --- writing, with the compressed siblings the server hands out -------------------------------------------
const sizes = [];
function compress(path) {
  const bytes = readFileSync(path);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  const gzip = gzipSync(bytes, { level: 9 });
  gzip[9] = 255; // the byte that names the operating system: the same everywhere
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzip);
  sizes.push([path.slice(root.length + 1), bytes.length, brotli.length]);
}
function write(folder, name, text) {
  mkdirSync(join(out, folder), { recursive: true });
  writeFileSync(join(out, folder, name), text);
  compress(join(out, folder, name));
}
function vendor(from, to, sha256) {
  const bytes = readFileSync(join(modules, from));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (sha256 && found !== sha256) throw new Error(`${from}: sha256 is ${found}, expected ${sha256}`);
  mkdirSync(dirname(join(root, to)), { recursive: true });
  writeFileSync(join(root, to), bytes);
}

// --- one style sheet: the purged library, then the look ---------------------------------------------------
const library = sass.compile(join(here, 'scss/portal.scss'), {
  loadPaths: [join(modules, 'bootstrap-italia/src/scss')],
  style: 'expanded',
  charset: false,
  logger: sass.Logger.silent,
});

// Names of tags and attributes, and words inside class attributes or short quoted strings (classes handed to a Jinja macro):
// plain words of a text must not pull rules in.
function wordsOf(html) {
  const words = [...html.matchAll(/<([a-z][^>]*)>/g)].flatMap((m) => m[1].replace(/"[^"]*"/g, ' ').match(/[a-z][\w-]*/g));
  for (const [, value] of html.matchAll(/class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"/gs)) words.push(...(value.match(/[\w-]+/g) ?? []));
  for (const [, value] of html.matchAll(/['"]([\w -]{2,60})['"]/g)) words.push(...value.split(' '));
  return words;
}
const [purged] = await new PurgeCSS().purge({
  content: [join(root, 'templates/**/*.html'), join(here, 'kitchen-sink.html')],
  css: [{ raw: library.css }],
  extractors: [{ extensions: ['html'], extractor: wordsOf }],
  variables: false,
  safelist: { standard: ['html', 'body', 'show', 'active', 'disabled', 'open', 'dialog', 'popover', /^htmx-/, /^is-(in)?valid/, ':target', '::details-content', ':popover-open'] },
});

// Custom properties of the library that nothing reads any more.
const look = read(here, 'css/look.css');
const tree = postcss.parse(purged.css);
for (let before = -1; before !== 0; ) {
  const used = new Set([...`${tree.toString()}${look}`.matchAll(/var\((--[\w-]+)/g)].map((m) => m[1]));
  before = 0;
  tree.walkDecls(/^--bs-/, (decl) => {
    if (!used.has(decl.prop)) { decl.remove(); before += 1; }
  });
}
tree.walkRules((rule) => { if (!rule.nodes.length) rule.remove(); });

const banner = `/*! Bootstrap Italia ${versionOf('bootstrap-italia')} (BSD-3-Clause, includes Bootstrap, MIT), a subset; look of the portal (EUPL-1.2). Sources in assets/ */\n`;
const css = await postcss([cssnano({ preset: ['default', { discardComments: { removeAll: true } }] })])
  .process(`${tree.toString()}\n${look}`, { from: undefined });
write('css', 'portal.css', `${banner}${css.css}\n`);

// --- fonts: the Latin-1 files are committed as they are (README says how they were cut) -------------------
mkdirSync(join(out, 'fonts'), { recursive: true });
for (const weight of [400, 600, 700]) {
  copyFileSync(join(modules, `@fontsource/titillium-web/files/titillium-web-latin-ext-${weight}-normal.woff2`), join(out, `fonts/titillium-web-ext-${weight}.woff2`));
}
copyFileSync(join(modules, '@fontsource/titillium-web/LICENSE'), join(out, 'fonts/OFL.txt'));

// --- one sprite -------------------------------------------------------------------------------------------
const inside = (svg) => svg.replace(/^[^]*?<svg[^>]*>/, '').replace(/<\/svg>[^]*$/, '');
const slim = (svg) => inside(optimize(svg, { floatPrecision: 1, plugins: ['preset-default', 'removeXMLNS'] }).data);
const italia = read(modules, 'bootstrap-italia/dist/svg/sprites.svg');
function italiaSymbol(id) {
  const found = italia.match(new RegExp(`<symbol id="${id}" viewBox="([^"]+)"[^>]*>([^]*?)</symbol>`));
  if (!found) throw new Error(`No icon ${id} in Bootstrap Italia`);
  const [, box, body] = found;
  return `<symbol id="${id}" viewBox="${box}">${slim(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${body}</svg>`)}</symbol>`;
}
function doorSymbol([id, name]) {
  const svg = read(modules, `@tabler/icons/icons/outline/${name}.svg`).replace(/<path stroke="none"[^>]*>/, '').replace(/ class="[^"]*"/, '');
  const body = inside(optimize(svg, { floatPrecision: 2, plugins: ['preset-default'] }).data);
  return `<symbol id="${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
}
const portico = read(here, 'icons/portico.svg');
write('icons', 'sprite.svg', `<svg xmlns="http://www.w3.org/2000/svg"><!-- it-*: Bootstrap Italia ${versionOf('bootstrap-italia')}, BSD-3-Clause. door-*, ui-*: Tabler Icons ${versionOf('@tabler/icons')}, MIT. portico: the portal's own mark. -->
<symbol id="portico" viewBox="0 0 46 40">${inside(portico).trim()}</symbol>
${[...italiaIcons.map(italiaSymbol), ...doorIcons.map(doorSymbol)].join('\n')}
</svg>\n`);
write('icons', 'favicon.svg', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -5 50 50">${inside(portico).trim()}</svg>\n`);

// --- scripts: taken over unchanged ------------------------------------------------------------------------
vendor('htmx.org/dist/htmx.min.js', `static/vendor/htmx-${versionOf('htmx.org')}.min.js`, 'a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130');
compress(join(out, `vendor/htmx-${versionOf('htmx.org')}.min.js`));
compress(join(out, 'js/portal.js'));
compress(join(out, 'js/presence.js'));
compress(join(out, 'js/share.js'));
vendor('axe-core/axe.min.js', 'tests/vendor/axe.min.js');

for (const [name, raw, brotli] of sizes) console.log(`${name.padEnd(36)} ${String(raw).padStart(7)} B, brotli ${String(brotli).padStart(6)} B`);
