import { Navigate, Outlet, useLocation } from "react-router";
import { PageSkeleton } from "@/components/page-skeleton";
import { ServerAway } from "@/components/server-away";
import { useSession } from "@/features/auth/use-session";

/** Pages behind it are for signed-in people; everybody else signs in first and then comes back to the page. */
export function RequireSession() {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session === "unknown") return <PageSkeleton />;
  if (session === "away") return <ServerAway />;
  if (session === "signed-out") {
    return <Navigate to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} replace />;
  }
  return <Outlet />;
}
