import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/lib/api-error";

const RETRIES = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5_000, retry: mayWorkNextTime },
      // A mutation that waits for the network would be sent behind the reader's back; it fails and says so instead.
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

function mayWorkNextTime(failures: number, error: Error): boolean {
  const isServerAway = !(error instanceof ApiError) || error.status === 0 || error.status >= 502;
  return isServerAway && failures < RETRIES;
}
