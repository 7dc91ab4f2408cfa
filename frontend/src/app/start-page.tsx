import { Navigate } from "react-router";
import { useSession } from "@/features/auth/use-session";
import { LandingPage } from "@/features/landing/landing-page";

/** What "/" shows: the way home for those who are signed in, the introduction for all others. */
export function StartPage() {
  return useSession() === "signed-in" ? <Navigate to="/home" replace /> : <LandingPage />;
}
