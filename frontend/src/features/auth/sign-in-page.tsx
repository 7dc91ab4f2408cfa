import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation, useSearchParams } from "react-router";
import { PasswordField } from "@/components/password-field";
import { useLive } from "@/lib/use-live";
import { AuthCard } from "./auth-card";
import { AuthError } from "./auth-error";
import { ownPath, useEnter } from "./use-enter";
import { useLock } from "./use-lock";
import { useSession } from "./use-session";

const FIELDS = ["username", "password"] as const;
type Field = (typeof FIELDS)[number];

export function SignInPage() {
  const { t } = useTranslation();
  const session = useSession();
  const { search } = useLocation();
  const [parameters] = useSearchParams();
  const isLive = useLive();
  const enter = useEnter();
  const [missing, setMissing] = useState<readonly Field[]>([]);
  const attempt = useMutation({
    mutationFn: ({ username, password }: Record<Field, string>) => enter(username, password),
  });
  const secondsLeft = useLock(attempt.error);

  function submit(event: SubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const typed = typedIn(event.currentTarget);
    const empty = FIELDS.filter((field) => !typed[field]);
    setMissing(empty);
    if (empty.length === 0) attempt.mutate(typed);
    else event.currentTarget.querySelector<HTMLInputElement>(`[name=${empty[0]}]`)?.focus();
  }

  const field = (name: Field) => ({
    name,
    error: missing.includes(name) ? t("auth.required") : null,
    onChange: () => setMissing(missing.filter((other) => other !== name)),
  });

  if (session === "signed-in") return <Navigate to={ownPath(parameters.get("next"))} replace />;
  return (
    <AuthCard title={t("auth.signInTitle")} lead={t("auth.signInLead")}>
      <form noValidate method="post" onSubmit={submit}>
        <Stack gap="md">
          <AuthError error={attempt.error} action="signIn" secondsLeft={secondsLeft} />
          <TextInput
            size="md"
            label={t("auth.username")}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...field("username")}
          />
          <PasswordField
            size="md"
            label={t("auth.password")}
            autoComplete="current-password"
            {...field("password")}
          />
          <Button
            // Drawn before the script, it must not send the form by itself.
            type={isLive ? "submit" : "button"}
            size="md"
            loading={attempt.isPending}
            disabled={secondsLeft > 0}
          >
            {t("auth.submitSignIn")}
          </Button>
          <Anchor component={Link} to={`/register${isLive ? search : ""}`} size="sm">
            {t("auth.toRegister")}
          </Anchor>
        </Stack>
      </form>
    </AuthCard>
  );
}

/** What stands in the fields, also what a person or a password manager put there before the script was here. */
function typedIn(form: HTMLFormElement): Record<Field, string> {
  const data = new FormData(form);
  return { username: String(data.get("username")).trim(), password: String(data.get("password")) };
}
