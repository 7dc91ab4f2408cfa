import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const MANTINE = resolve("node_modules/@mantine/core");
const COMPONENTS = join(MANTINE, "esm/components");

/** The components that a file of the library takes from it, followed from file to file. */
function parts(file: string, seen: Set<string>): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target] of readFileSync(file, "utf-8").matchAll(/from "(\.[^"]+\.mjs)"/g)) {
    parts(join(dirname(file), target ?? ""), seen);
  }
  return seen;
}

function styleSheets(components: Iterable<string>): Set<string> {
  const files = new Set<string>();
  for (const component of components) {
    const file = join(COMPONENTS, component, `${component}.mjs`);
    if (existsSync(file)) parts(file, files);
  }
  const names = [...files].flatMap((file) => file.match(/(\w+)\.module\.mjs$/)?.[1] ?? []);
  return new Set(names.filter((name) => existsSync(join(MANTINE, "styles", `${name}.css`))));
}

const SOURCES: Record<string, string> = import.meta.glob("/src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});

function found(pattern: RegExp, texts: string[]): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(pattern)].flatMap(([, names]) => names?.match(/\b[A-Z]\w+/g) ?? []),
  );
}

it("brings the style sheet of each component that a page uses, and no other", () => {
  const used = found(/import \{([^}]*)\} from "@mantine\/core"/g, Object.values(SOURCES));
  const brought = found(/import "@mantine\/core\/styles\/(\w+)\.css"/g, [
    SOURCES["/src/app/styles.ts"] ?? "",
  ]);
  expect(brought.sort()).toEqual([...styleSheets(used)].sort());
});
