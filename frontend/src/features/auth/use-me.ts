import { useQuery } from "@tanstack/react-query";
import { readMe } from "@/api";
import { unwrap } from "@/lib/api-error";
import { useSession } from "./use-session";

export const ME = ["me"] as const;

/** The signed-in person. */
export function useMe() {
  const isSignedIn = useSession() === "signed-in";
  return useQuery({ queryKey: ME, queryFn: () => unwrap(readMe()), enabled: isSignedIn, staleTime: 60_000 });
}
