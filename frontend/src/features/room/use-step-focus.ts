import { useEffect, useRef } from "react";

/** Moves the focus to what has taken the place of something that had it. */
export function useStepFocus<Target extends HTMLElement>() {
  const target = useRef<Target>(null);
  useEffect(() => target.current?.focus({ preventScroll: true }), []);
  return target;
}
