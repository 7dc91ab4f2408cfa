import { useNavigate, useSearchParams } from "react-router";
import { readMe } from "@/api";
import { chooseLanguage } from "@/i18n";
import { unwrap } from "@/lib/api-error";
import { signIn } from "@/lib/session";

/** Sign in, switch to the person's language, and go where they wanted to go. */
export function useEnter() {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  return async (username: string, password: string) => {
    await signIn(username, password);
    await navigate(ownPath(search.get("next")), { replace: true });
    const me = await unwrap(readMe()).catch(() => null);
    if (me) chooseLanguage(me.language);
  };
}

/** Only paths of this site: a link must not be able to send people elsewhere after signing in. */
export function ownPath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/home";
}
