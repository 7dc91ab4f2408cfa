import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { Profile, Source } from "@/api";

export type Selection = {
  pointer: string;
  sources: Source[] /** Grows with every click, also on the same field. */;
  turn: number;
};

type Sources = {
  selection: Selection | null;
  /** Where a value of the profile stands in the document; empty when it stands nowhere. */
  sourcesOf: (pointer: string) => Source[];
  show: (pointer: string) => void;
};

const NONE: Sources = { selection: null, sourcesOf: () => [], show: () => {} };

const SourceContext = createContext<Sources>(NONE);

export const useSources = () => useContext(SourceContext);

type Props = { sources: Profile["sources"]; onShow?: () => void; children: ReactNode };

/** Knows which field of the profile the reader asked about, and where it was read. */
export function SourceProvider({ sources, onShow, children }: Props) {
  const [selection, setSelection] = useState<Selection | null>(null);
  const sourcesOf = useCallback((pointer: string) => sources?.[pointer] ?? [], [sources]);
  const show = useCallback(
    (pointer: string) => {
      setSelection((known) => ({ pointer, sources: sourcesOf(pointer), turn: (known?.turn ?? 0) + 1 }));
      onShow?.();
    },
    [sourcesOf, onShow],
  );
  const value = useMemo(() => ({ selection, sourcesOf, show }), [selection, sourcesOf, show]);
  return <SourceContext value={value}>{children}</SourceContext>;
}
