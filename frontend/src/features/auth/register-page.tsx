import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation } from "react-router";
import { registerUser } from "@/api";
import { PasswordField } from "@/components/password-field";
import { currentLanguage } from "@/i18n";
import { unwrap } from "@/lib/api-error";
import { AuthCard } from "./auth-card";
import { AuthError } from "./auth-error";
import { MAX_PASSWORD, MIN_PASSWORD } from "./password-strength";
import { StrengthHint } from "./strength-hint";
import { useEnter } from "./use-enter";
import { useLock } from "./use-lock";
import { useSession } from "./use-session";

export function RegisterPage() {
  const { t } = useTranslation();
  const session = useSession();
  const { search } = useLocation();
  const enter = useEnter();
  const form = useForm({
    initialValues: { username: "", password: "", displayName: "" },
    validateInputOnBlur: true,
    validate: {
      username: (value) => {
        const length = value.trim().length;
        if (length < 3) return t("auth.usernameShort");
        return length > 150 ? t("auth.usernameLong") : null;
      },
      password: (value) => {
        if (value.length < MIN_PASSWORD) return t("auth.passwordShort");
        return value.length > MAX_PASSWORD ? t("auth.passwordLong") : null;
      },
    },
  });
  const attempt = useMutation({
    mutationFn: async ({ username, password, displayName }: typeof form.values) => {
      const name = username.trim();
      const body = {
        username: name,
        password,
        display_name: displayName.trim() || null,
        language: currentLanguage(),
      };
      await unwrap(registerUser({ body }));
      await enter(name, password);
    },
  });
  const secondsLeft = useLock(attempt.error);

  if (session === "signed-in" && !attempt.isPending) return <Navigate to="/home" replace />;
  return (
    <AuthCard title={t("auth.registerTitle")} lead={t("auth.registerLead")}>
      <form noValidate onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
        <Stack gap="md">
          <AuthError error={attempt.error} action="register" secondsLeft={secondsLeft} />
          <TextInput
            size="md"
            label={t("auth.username")}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...form.getInputProps("username")}
          />
          <div>
            <PasswordField
              size="md"
              label={t("auth.password")}
              description={t("auth.passwordHint")}
              autoComplete="new-password"
              mb={6}
              {...form.getInputProps("password")}
            />
            <StrengthHint password={form.values.password} />
          </div>
          <TextInput
            size="md"
            label={`${t("auth.displayName")} (${t("common.optional")})`}
            description={t("auth.displayNameHint")}
            autoComplete="name"
            maxLength={100}
            {...form.getInputProps("displayName")}
          />
          <Button type="submit" size="md" loading={attempt.isPending} disabled={secondsLeft > 0}>
            {t("auth.submitRegister")}
          </Button>
          <Anchor component={Link} to={`/sign-in${search}`} size="sm">
            {t("auth.toSignIn")}
          </Anchor>
        </Stack>
      </form>
    </AuthCard>
  );
}
