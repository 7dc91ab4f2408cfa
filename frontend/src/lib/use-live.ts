import { useSyncExternalStore } from "react";

/** False in what was drawn before the script was there and answers to nothing yet. */
export function useLive(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}

function subscribe(): () => void {
  return () => undefined;
}
