/**
 * Builds static/dist from assets/: three style sheets, the fonts, htmx and one bundle per entry.
 * The output depends on nothing but the sources and the locked packages, so that CI can compare it.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
/** Built beside its place and moved there whole: a page served meanwhile never meets half of it. */
const dist = "static/dist";
const fresh = `static/.dist-${process.pid}`;
/** The room's first script and style, compressed; hls.js and other chunks come after them. */
const ROOM_LIMIT = 45_000;

process.chdir(root);
mkdirSync(join(fresh, "fonts"), { recursive: true });

for (const name of ["guests", "room", "team"]) {
  execFileSync(
    join(root, "node_modules", ".bin", "tailwindcss"),
    ["-i", `assets/${name}.css`, "-o", `${fresh}/app-${name}.css`, "--minify"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
}
for (const subset of ["latin", "latin-ext"]) {
  const file = `inter-${subset}-wght-normal.woff2`;
  copyFileSync(join("node_modules/@fontsource-variable/inter/files", file), join(fresh, "fonts", file));
}
copyFileSync("node_modules/htmx.org/dist/htmx.min.js", join(fresh, "htmx.js"));

emoji();

const shared = {
  bundle: true,
  minify: true,
  charset: "utf8",
  target: "es2022",
  legalComments: "none",
  absWorkingDir: root,
  outdir: fresh,
  logLevel: "warning",
};

// Runs in the head, before anything is painted: a classic script, not a module.
await build({ ...shared, format: "iife", entryPoints: { theme: "assets/theme.ts" } });

const modules = {
  ...shared,
  format: "esm",
  splitting: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  chunkNames: "[name]-[hash]",
};
// The room by itself (the film's preview only borrows its hls.js): nobody who watches opens the inbox as well.
const { room, "studio-preview": preview, ...others } = entries();
await build({ ...modules, entryPoints: others });
const result = await build({ ...modules, entryPoints: { room, "studio-preview": preview } });

const script = firstLoad(`${fresh}/room.js`, result.metafile.outputs);
const style = compressed(`${fresh}/app-room.css`);
const kilo = (bytes) => (bytes / 1000).toFixed(1);
console.log(
  `room.js with what it imports at once and app-room.css: ${kilo(script)} + ${kilo(style)} = ${kilo(script + style)} kB compressed`,
);
if (script + style > ROOM_LIMIT) {
  console.error(`That is more than ${ROOM_LIMIT / 1000} kB: load what is not needed at once with import().`);
  rmSync(fresh, { recursive: true });
  process.exit(1);
}
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);

/** The picker's data in our languages, and the names that become an emoji while somebody types. */
function emoji() {
  const data = (path) =>
    JSON.parse(readFileSync(`node_modules/emoji-picker-element-data/${path}/data.json`, "utf8"));
  mkdirSync(join(fresh, "emoji"));
  const sources = { en: "en/github", fr: "fr/cldr", pl: "pl/cldr" };
  for (const [language, path] of Object.entries(sources)) {
    writeFileSync(join(fresh, "emoji", `${language}.json`), JSON.stringify(data(path)));
  }
  const names = {};
  for (const { emoji, shortcodes } of data(sources.en))
    for (const name of shortcodes ?? []) names[name] = emoji;
  writeFileSync(join(fresh, "emoji", "shortcodes.json"), JSON.stringify(names));
}

/** The page's and the join link's script; every assets/<name>/main.tsx becomes <name>.js, every assets/studio/<name>.ts becomes studio-<name>.js. */
function entries() {
  const found = { page: "assets/page.ts", join: "assets/join.ts" };
  for (const folder of readdirSync("assets").sort()) {
    const main = `assets/${folder}/main.tsx`;
    if (existsSync(main)) found[folder] = main;
  }
  for (const file of readdirSync("assets/studio").sort()) {
    if (file.endsWith(".ts") && !file.endsWith(".test.ts")) {
      found[`studio-${file.slice(0, -3)}`] = `assets/studio/${file}`;
    }
  }
  return found;
}

function firstLoad(entry, outputs) {
  const seen = new Set();
  const queue = [entry];
  while (queue.length > 0) {
    const path = queue.pop();
    if (seen.has(path)) continue;
    seen.add(path);
    for (const next of outputs[path].imports) {
      if (next.kind === "import-statement") queue.push(next.path);
    }
  }
  return [...seen].reduce((sum, path) => sum + compressed(path), 0);
}

function compressed(path) {
  return gzipSync(readFileSync(path)).length;
}
