import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { compressed } from "./build/compressed.ts";
import { firstView } from "./build/first-view.ts";

const backend = process.env.BACKEND_URL ?? "http://127.0.0.1:8000";
const media = process.env.MEDIA_URL ?? "http://127.0.0.1:8100";

const PDFJS = fileURLToPath(new URL("./node_modules/pdfjs-dist", import.meta.url));
const PDFJS_VERSION: string = JSON.parse(readFileSync(join(PDFJS, "package.json"), "utf-8")).version;
const PDFJS_PATH = `/assets/pdfjs-${PDFJS_VERSION}/` as const;
const PDFJS_FOLDERS = ["cmaps", "standard_fonts", "wasm", "iccs"];

/** Serves what pdf.js fetches while it draws: character maps, fonts and decoders, from here and nowhere else. */
function pdfjsFiles(): Plugin {
  const files = new Map<string, string>(
    PDFJS_FOLDERS.flatMap((folder) =>
      readdirSync(join(PDFJS, folder)).map(
        (name) => [`${folder}/${name}`, join(PDFJS, folder, name)] as const,
      ),
    ).filter(([, path]) => statSync(path).isFile()),
  );
  return {
    name: "pdfjs-files",
    configureServer(server) {
      server.middlewares.use(PDFJS_PATH, (request, response, next) => {
        const file = files.get((request.url ?? "").slice(1));
        if (!file) return next();
        response.setHeader("Content-Type", file.endsWith(".wasm") ? "application/wasm" : "text/javascript");
        createReadStream(file).pipe(response);
      });
    },
    generateBundle() {
      for (const [name, path] of files) {
        this.emitFile({ type: "asset", fileName: PDFJS_PATH.slice(1) + name, source: readFileSync(path) });
      }
    },
  };
}

const shared = {
  define: { __PDFJS_PATH__: JSON.stringify(PDFJS_PATH) },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
};

export default defineConfig({
  ...shared,
  plugins: [react(), pdfjsFiles(), firstView(shared), compressed()],
  build: {
    rolldownOptions: {
      output: {
        // What every visit needs is one file: a browser fetches six at a time.
        codeSplitting: { groups: [{ name: "frame", tags: ["$initial"] }] },
      },
    },
  },
  server: {
    proxy: {
      "/api": backend,
      "/healthz": backend,
      "/readyz": backend,
      // The media server compares the page's origin with the host that it is asked for.
      "/media": { target: media, changeOrigin: false },
    },
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost:3000" } },
    setupFiles: ["./src/testing/setup.ts"],
    css: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
