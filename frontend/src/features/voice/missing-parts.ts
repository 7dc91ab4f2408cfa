import type { Transcript } from "@/api";

export type Part = { from: string; to: string };

/** When the parts were spoken that are not in the transcript, in minutes of the answer; null where nothing tells. */
export function missingParts(transcript: Transcript): (Part | null)[] {
  const first = transcript.segments[0];
  const named = new Set(transcript.missing.map((ref) => `${ref.epoch}:${ref.sequence}`));
  const absent = transcript.segments.filter(
    (segment) => segment.state === "pending" || named.has(`${segment.epoch}:${segment.sequence}`),
  );
  const known = new Set(absent.map((segment) => `${segment.epoch}:${segment.sequence}`));
  const parts: (Part | null)[] = absent.map((segment) =>
    // Each connection has a clock of its own; only the first one's tells how long the answer had lasted.
    first && segment.epoch === first.epoch
      ? { from: minutes(segment.start_ms - first.start_ms), to: minutes(segment.end_ms - first.start_ms) }
      : null,
  );
  const unknown = [...named].filter((key) => !known.has(key)).map(() => null);
  return [...parts, ...unknown];
}

function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
