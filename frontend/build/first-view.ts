import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import react from "@vitejs/plugin-react";
import { build, type InlineConfig, type Plugin, type Rolldown } from "vite";
import type { drawViews, View } from "../src/first-view/draw.tsx";
import { PAGES } from "../src/first-view/pages.ts";

const CHOOSE = "src/first-view/choose.ts";
const DRAW = "src/first-view/draw.tsx";
const DRAWN_BY = resolve("node_modules/.first-view");

const ROOT = /\s*<div id="root"><\/div>/;
const START = /\s*<(?:script type="module"|link rel="modulepreload")[^>]*>(?:<\/script>)?/g;

/**
 * Draws the pages where a visit begins into index.html, a template for each address and language, so that they are
 * there before the script is. A script of some lines chooses one, and with it what is to be fetched next.
 */
export function firstView(shared: InlineConfig): Plugin {
  const configuration: InlineConfig = { ...shared, configFile: false, publicDir: false, logLevel: "warn" };
  return {
    name: "first-view",
    apply: "build",
    async buildStart() {
      const source = await chooser(configuration);
      this.emitFile({ type: "asset", name: "first-view.js", source });
    },
    transformIndexHtml: {
      order: "post",
      async handler(html, { bundle }) {
        if (!bundle) return html;
        const views = await draw(configuration);
        const start = (html.match(START) ?? []).join("");
        const templates = views.map((view) => template(view, start, bundle)).join("\n");
        const script = `<script src="/${assetNamed("first-view.js", bundle)}"></script>`;
        return html.replace(START, "").replace(ROOT, () => `\n${templates}\n    ${script}`);
      },
    },
  };
}

/** The script that chooses a view, in one piece that needs no other. */
async function chooser(configuration: InlineConfig): Promise<string> {
  const made = await build({
    ...configuration,
    build: { write: false, lib: { entry: CHOOSE, formats: ["iife"], name: "firstView" } },
  });
  const [output] = (Array.isArray(made) ? made : [made]) as Rolldown.RolldownOutput[];
  const code = output?.output[0].code;
  if (!code) throw new Error(`${CHOOSE} came to nothing`);
  return code;
}

async function draw(configuration: InlineConfig): Promise<View[]> {
  await build({
    ...configuration,
    plugins: [react()],
    ssr: { noExternal: true },
    build: {
      ssr: DRAW,
      outDir: DRAWN_BY,
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: "draw.mjs" } },
    },
  });
  const module: { drawViews: typeof drawViews } = await import(
    pathToFileURL(resolve(DRAWN_BY, "draw.mjs")).href
  );
  return module.drawViews();
}

function template(
  { language, path, title, html }: View,
  start: string,
  bundle: Rolldown.OutputBundle,
): string {
  const page = PAGES[path];
  const needed = [`src/i18n/${language}/index.ts`, ...(page?.module ? [page.module] : [])];
  const { scripts, styles } = filesOf(needed, bundle);
  const letters = assetNamed("letters.css", bundle);
  return [
    `<template data-language="${language}" data-path="${path}" data-title="${title}" data-letters="/${letters}">`,
    ...styles.map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
    // The largest file first: a browser asks for six at a time, in this order.
    ...scripts.toSorted((one, other) => sizeOf(other, bundle) - sizeOf(one, bundle)).map(preload),
    `<div id="root"${page?.isDrawn ? " data-drawn" : ""}>${html}</div>`,
    start,
    "</template>",
  ].join("");
}

function preload(file: string): string {
  return `<link rel="modulepreload" crossorigin href="/${file}">`;
}

function sizeOf(file: string, bundle: Rolldown.OutputBundle): number {
  const chunk = bundle[file];
  return chunk?.type === "chunk" ? chunk.code.length : 0;
}

/** All that must be there to run these modules. */
function filesOf(modules: string[], bundle: Rolldown.OutputBundle): { scripts: string[]; styles: string[] } {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const add = (file: string) => {
    const chunk = bundle[file];
    if (chunk?.type !== "chunk" || scripts.has(file)) return;
    scripts.add(file);
    for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
    chunk.imports.forEach(add);
  };
  for (const module of modules) add(chunkOf(module, bundle));
  return { scripts: [...scripts], styles: [...styles] };
}

function chunkOf(module: string, bundle: Rolldown.OutputBundle): string {
  const found = Object.values(bundle).find(
    (chunk) => chunk.type === "chunk" && chunk.facadeModuleId === resolve(module),
  );
  if (!found) throw new Error(`${module} has no chunk of its own`);
  return found.fileName;
}

function assetNamed(name: string, bundle: Rolldown.OutputBundle): string {
  const found = Object.values(bundle).find((asset) => asset.type === "asset" && asset.names.includes(name));
  if (!found) throw new Error(`there is no ${name}`);
  return found.fileName;
}
