import type { Progress, ProgressPoint } from "@/api";

export type Line = { name: string; label: string; color: string; dash?: string };
export type Row = { at: number; [line: string]: number };

/** Told apart by colour and by how they are drawn. */
const LOOKS = [
  { color: "var(--accent)" },
  { color: "var(--mantine-color-gray-6)", dash: "6 4" },
  { color: "var(--mantine-color-yellow-8)", dash: "2 4" },
  { color: "var(--mantine-color-dimmed)", dash: "10 4 2 4" },
] as const;

/** A chart's lines and rows: a row for each interview, with a value on its own line only. */
export function linesOf(
  progress: Progress,
  label: (series: Progress["series"][number]) => string,
): { lines: Line[]; rows: Row[] } {
  const lines = progress.series.map((series, index) => ({
    name: `line${index}`,
    label: label(series),
    ...(LOOKS[index % LOOKS.length] ?? LOOKS[0]),
  }));
  const rows = progress.series.flatMap(({ points }, index) =>
    points.map((point) => ({ at: timeOf(point), [`line${index}`]: Math.round(point.overall.score) })),
  );
  return { lines, rows: rows.sort((one, other) => one.at - other.at) };
}

function timeOf(point: ProgressPoint): number {
  return Date.parse(point.finished_at ?? "");
}
