import { useNavigate } from "react-router";
import { signOut } from "@/lib/session";

export function useSignOut(): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    await signOut();
    await navigate("/", { replace: true });
  };
}
