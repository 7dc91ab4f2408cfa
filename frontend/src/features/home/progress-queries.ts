import { queryOptions } from "@tanstack/react-query";
import { readProgress } from "@/api";
import { unwrap } from "@/lib/api-error";
import { INTERVIEWS } from "./interview-queries";

/** Below the interviews' key, so that whatever changes them asks for this anew. */
export const progressQuery = queryOptions({
  queryKey: [...INTERVIEWS, "progress"],
  queryFn: () => unwrap(readProgress()),
});
