import { useQuery } from "@tanstack/react-query";
import { readSystemStatus } from "@/api";
import { unwrap } from "@/lib/api-error";

const REFRESH_MS = 30_000;

/** What works in this installation right now, looked up again every half minute while a page shows it. */
export function useSystemStatus(isEnabled = true) {
  return useQuery({
    queryKey: ["system-status"],
    queryFn: () => unwrap(readSystemStatus()),
    refetchInterval: REFRESH_MS,
    enabled: isEnabled,
  });
}
