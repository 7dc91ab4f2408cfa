import type { Interview } from "@/api";

/**
 * The two interviews to compare: those of the address, else the chosen one and the one before it, else the last two.
 * Interviews come newest first.
 */
export function choosePair(
  interviews: readonly Interview[],
  a: string | null,
  b: string | null,
): { a: string | null; b: string | null } {
  const later = b ?? interviews.find(({ id }) => id !== a)?.id ?? null;
  const place = interviews.findIndex(({ id }) => id === later);
  const earlier = interviews[place + 1] ?? interviews.find(({ id }) => id !== later);
  return { a: a ?? earlier?.id ?? null, b: later };
}
