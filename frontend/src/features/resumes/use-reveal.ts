import { type RefObject, useEffect } from "react";

/** Bring the first marked place inside a frame into view, whenever `turn` changes or `isDrawn` becomes true. */
export function useReveal(
  frame: RefObject<HTMLElement | null>,
  turn: number | undefined,
  isDrawn: boolean,
): void {
  useEffect(() => {
    const place = frame.current?.querySelector<HTMLElement>("[data-marked]");
    if (turn === undefined || !isDrawn || !frame.current || !place) return;
    const isScrolledItself = frame.current.scrollHeight > frame.current.clientHeight + 1;
    if (!isScrolledItself) {
      place.scrollIntoView({ block: "center" });
      return;
    }
    const above = place.getBoundingClientRect().top - frame.current.getBoundingClientRect().top;
    frame.current.scrollTop += above - frame.current.clientHeight / 3;
  }, [frame, turn, isDrawn]);
}
