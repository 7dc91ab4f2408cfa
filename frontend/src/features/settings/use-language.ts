import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { updateMe } from "@/api";
import { ME } from "@/features/auth/use-me";
import { useSession } from "@/features/auth/use-session";
import { chooseLanguage, currentLanguage, type Language } from "@/i18n";
import { unwrap } from "@/lib/api-error";

/** The page's language, and a way to choose another, which is also stored for the signed-in person. */
export function useLanguage(): [Language, (language: Language) => void] {
  useTranslation();
  const isSignedIn = useSession() === "signed-in";
  const queryClient = useQueryClient();
  const choose = (language: Language) => {
    chooseLanguage(language);
    if (!isSignedIn) return;
    // The page is in the new language whether or not the server could be told.
    void unwrap(updateMe({ body: { language } })).then(
      (user) => queryClient.setQueryData(ME, user),
      () => undefined,
    );
  };
  return [currentLanguage(), choose];
}
