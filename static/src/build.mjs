// Bundles static/src/ into static/dist/: scripts by esbuild, styles by sass, pictures as they are, names by content.
//
// manifest.json maps each logical name ("app.js") to its file ("app-3f2a91bc04d7.js"), so that a page can let browsers keep
// a file for ever: when its content changes, so does its name.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const source = fileURLToPath(new URL(".", import.meta.url));
const dist = join(source, "..", "dist");
const scripts = ["app.js", "lab.js", "live.js"];
const styles = ["app.scss"];
const pictures = ["mark.svg"];

const manifest = {};

async function write(name, content) {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const [stem, suffix] = name.split(".");
  manifest[name] = `${stem}-${digest}.${suffix}`;
  await writeFile(join(dist, manifest[name]), content);
}

async function bundleScript(name) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(source, name)],
    bundle: true,
    format: "esm",
    legalComments: "eof",
    minify: true,
    target: "es2020",
    write: false,
  });
  await write(name, outputFiles[0].contents);
}

async function compileStyle(name) {
  const { css } = await sass.compileAsync(join(source, name), {
    importers: [new sass.NodePackageImporter(source)],
    quietDeps: true,
    style: "compressed",
  });
  await write(`${basename(name, ".scss")}.css`, css);
}

async function copyPicture(name) {
  await write(name, await readFile(join(source, name)));
}

// A server that runs meanwhile always finds the files of one whole build: new ones first, then the manifest at once.
await mkdir(dist, { recursive: true });
await Promise.all([...scripts.map(bundleScript), ...styles.map(compileStyle), ...pictures.map(copyPicture)]);
const sorted = Object.fromEntries(Object.entries(manifest).sort());
await writeFile(join(dist, "manifest.json.new"), `${JSON.stringify(sorted, null, 2)}\n`);
await rename(join(dist, "manifest.json.new"), join(dist, "manifest.json"));

const kept = new Set(["manifest.json", ...Object.values(manifest)]);
const stale = (await readdir(dist)).filter((name) => !kept.has(name));
await Promise.all(stale.map((name) => rm(join(dist, name))));
