import { queryOptions } from "@tanstack/react-query";
import { compareReports } from "@/api";
import { unwrap } from "@/lib/api-error";

export function comparisonQuery(a: string, b: string) {
  return queryOptions({
    queryKey: ["comparison", a, b],
    queryFn: () => unwrap(compareReports({ query: { a, b } })),
  });
}
