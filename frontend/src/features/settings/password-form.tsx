import { Button, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { changePassword } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { PasswordField } from "@/components/password-field";
import { MAX_PASSWORD, MIN_PASSWORD } from "@/features/auth/password-strength";
import { StrengthHint } from "@/features/auth/strength-hint";
import { unwrap } from "@/lib/api-error";

export function PasswordForm({ username }: { username: string }) {
  const { t } = useTranslation();
  const form = useForm({
    initialValues: { current: "", next: "" },
    validate: {
      current: (value) => (value ? null : t("auth.required")),
      next: (value) => {
        if (value.length < MIN_PASSWORD) return t("auth.passwordShort");
        return value.length > MAX_PASSWORD ? t("auth.passwordLong") : null;
      },
    },
  });
  const change = useMutation({
    mutationFn: ({ current, next }: typeof form.values) =>
      unwrap(changePassword({ body: { current_password: current, new_password: next } })),
    onSuccess: () => {
      form.reset();
      notifications.show({ message: t("settings.passwordChanged") });
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack gap="md">
        {change.error && <ErrorAlert title={t("error.title")} error={change.error} />}
        {/* Password managers need to know whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={username} readOnly />
        <PasswordField
          size="md"
          label={t("settings.currentPassword")}
          autoComplete="current-password"
          {...form.getInputProps("current")}
        />
        <div>
          <PasswordField
            size="md"
            label={t("settings.newPassword")}
            autoComplete="new-password"
            mb={6}
            {...form.getInputProps("next")}
          />
          <StrengthHint password={form.values.next} />
        </div>
        <div>
          <Button type="submit" loading={change.isPending}>
            {t("settings.changePassword")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
