import { Button, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type User, updateMe } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { ME } from "@/features/auth/use-me";
import { unwrap } from "@/lib/api-error";

export function ProfileForm({ me }: { me: User }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: { displayName: me.display_name },
    validate: { displayName: (value) => (value.trim() ? null : t("auth.required")) },
  });
  const save = useMutation({
    mutationFn: (displayName: string) => unwrap(updateMe({ body: { display_name: displayName.trim() } })),
    onSuccess: (user) => {
      queryClient.setQueryData(ME, user);
      notifications.show({ message: t("common.saved") });
    },
  });
  return (
    <form noValidate onSubmit={form.onSubmit(({ displayName }) => save.mutate(displayName))}>
      <Stack gap="md">
        {save.error && <ErrorAlert title={t("error.title")} error={save.error} />}
        <TextInput size="md" label={t("settings.username")} value={me.username} readOnly variant="filled" />
        <TextInput
          size="md"
          label={t("settings.displayName")}
          autoComplete="name"
          maxLength={100}
          {...form.getInputProps("displayName")}
        />
        <div>
          <Button type="submit" loading={save.isPending}>
            {t("settings.saveProfile")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
