import { Outlet } from "react-router";
import { NotFoundPage } from "@/app/not-found-page";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { useMe } from "@/features/auth/use-me";

/** Pages behind it are for operators; the server refuses everybody else anyway. */
export function RequireOperator() {
  const { data: me, error, refetch } = useMe();
  if (!me) return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
  return me.role === "operator" ? <Outlet /> : <NotFoundPage />;
}
