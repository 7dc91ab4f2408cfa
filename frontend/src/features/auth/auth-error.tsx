import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/components/error-alert";
import { NoticeAlert } from "@/components/notice-alert";
import { ApiError } from "@/lib/api-error";

type Props = { error: unknown; action: "signIn" | "register"; secondsLeft: number };

/** Why signing in or registering did not work: locked for a while, server away, or what the server said. */
export function AuthError({ error, action, secondsLeft }: Props) {
  const { t } = useTranslation();
  if (secondsLeft > 0) {
    return (
      <NoticeAlert needsYou title={t("auth.lockedTitle")} text={t("auth.locked", { seconds: secondsLeft })} />
    );
  }
  if (!error || isOver(error)) return null;
  return <ErrorAlert title={t(`auth.failedTitle.${action}`)} error={error} />;
}

/** A lock that has run out is no longer worth a word. */
function isOver(error: unknown): boolean {
  return error instanceof ApiError && error.status === 429;
}
