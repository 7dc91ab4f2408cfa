export type EntryValues = Record<string, string | boolean>;

export type EntryField = {
  name: string;
  kind: "text" | "month" | "long" | "lines" | "flag";
  isRequired?: boolean;
};

export const ENTRY_FIELDS = {
  employments: [
    { name: "company", kind: "text", isRequired: true },
    { name: "role", kind: "text" },
    { name: "department", kind: "text" },
    { name: "is_current", kind: "flag" },
    { name: "start", kind: "month" },
    { name: "end", kind: "month" },
    { name: "description", kind: "long" },
  ],
  projects: [
    { name: "name", kind: "text", isRequired: true },
    { name: "role", kind: "text" },
    { name: "start", kind: "month" },
    { name: "end", kind: "month" },
    { name: "technologies", kind: "lines" },
    { name: "description", kind: "long" },
    { name: "achievements", kind: "lines" },
  ],
  education: [
    { name: "school", kind: "text", isRequired: true },
    { name: "degree", kind: "text" },
    { name: "field", kind: "text" },
    { name: "start", kind: "month" },
    { name: "end", kind: "month" },
  ],
} as const satisfies Record<string, readonly EntryField[]>;

export type EntryListName = keyof typeof ENTRY_FIELDS;

const MONTH = /^(19[5-9]\d|20[0-4]\d)(-(0[1-9]|1[0-2]))?$/;

/** A stored entry as a form shows it. */
export function toValues(entry: Record<string, unknown>, fields: readonly EntryField[]): EntryValues {
  return Object.fromEntries(
    fields.map(({ name, kind }) => {
      const value = entry[name];
      if (kind === "flag") return [name, value === true];
      return [name, Array.isArray(value) ? value.join("\n") : typeof value === "string" ? value : ""];
    }),
  );
}

/** A form as the server takes it: what was left empty is absent, and what goes on has no end. */
export function toEntry(values: EntryValues, fields: readonly EntryField[]): Record<string, unknown> {
  const entry = Object.fromEntries(
    fields.map(({ name, kind }) => {
      const value = values[name];
      if (typeof value !== "string") return [name, value === true];
      const lines = value.split("\n").map((line) => line.trim());
      return [name, kind === "lines" ? lines.filter(Boolean) : value.trim() || null];
    }),
  );
  return entry.is_current === true ? { ...entry, end: null } : entry;
}

export type EntryProblem = "required" | "month" | "order";

/** What is wrong with a form, by field. */
export function findProblems(
  values: EntryValues,
  fields: readonly EntryField[],
): Record<string, EntryProblem> {
  const problems: Record<string, EntryProblem> = {};
  for (const { name, kind, isRequired } of fields as readonly EntryField[]) {
    const text = String(values[name]).trim();
    if (isRequired && !text) problems[name] = "required";
    if (kind === "month" && text && !MONTH.test(text)) problems[name] = "month";
  }
  const [start, end] = [String(values.start ?? "").trim(), String(values.end ?? "").trim()];
  const isOver = start && end && values.is_current !== true;
  if (isOver && !problems.start && !problems.end && end.slice(0, start.length) < start.slice(0, end.length)) {
    problems.end = "order";
  }
  return problems;
}
