import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation, useSearchParams } from "react-router";
import { PasswordField } from "@/components/password-field";
import { AuthCard } from "./auth-card";
import { AuthError } from "./auth-error";
import { ownPath, useEnter } from "./use-enter";
import { useLock } from "./use-lock";
import { useSession } from "./use-session";

export function SignInPage() {
  const { t } = useTranslation();
  const session = useSession();
  const { search } = useLocation();
  const [parameters] = useSearchParams();
  const enter = useEnter();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { username: "", password: "" },
    validate: {
      username: (value) => (value.trim() ? null : t("auth.required")),
      password: (value) => (value ? null : t("auth.required")),
    },
  });
  const attempt = useMutation({
    mutationFn: ({ username, password }: typeof form.values) => enter(username.trim(), password),
  });
  const secondsLeft = useLock(attempt.error);

  if (session === "signed-in") return <Navigate to={ownPath(parameters.get("next"))} replace />;
  return (
    <AuthCard title={t("auth.signInTitle")} lead={t("auth.signInLead")}>
      <form noValidate onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
        <Stack gap="md">
          <AuthError error={attempt.error} action="signIn" secondsLeft={secondsLeft} />
          <TextInput
            size="md"
            label={t("auth.username")}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            key={form.key("username")}
            {...form.getInputProps("username")}
          />
          <PasswordField
            size="md"
            label={t("auth.password")}
            autoComplete="current-password"
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Button type="submit" size="md" loading={attempt.isPending} disabled={secondsLeft > 0}>
            {t("auth.submitSignIn")}
          </Button>
          <Anchor component={Link} to={`/register${search}`} size="sm">
            {t("auth.toRegister")}
          </Anchor>
        </Stack>
      </form>
    </AuthCard>
  );
}
