import { Button, SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/card";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { Section } from "@/components/section";
import { useMe } from "@/features/auth/use-me";
import { useSignOut } from "@/features/auth/use-sign-out";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "@/i18n";
import { PasswordForm } from "./password-form";
import { ProfileForm } from "./profile-form";
import { useLanguage } from "./use-language";

export function SettingsPage() {
  const { t } = useTranslation();
  const { data: me, error, refetch } = useMe();
  const [language, chooseLanguage] = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useSignOut();
  if (!me) return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
  return (
    <Stack gap={40} maw={560} mx="auto">
      <PageTitle title={t("settings.title")} />
      <Section title={t("settings.profile")}>
        <Card>
          <ProfileForm me={me} />
        </Card>
      </Section>
      <Section title={t("settings.display")}>
        <Card>
          <Stack gap="lg">
            <div>
              <Text fw={500} id="settings-language" mb={6}>
                {t("settings.language")}
              </Text>
              <SegmentedControl
                aria-labelledby="settings-language"
                data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
                value={language}
                onChange={(value) => chooseLanguage(value as Language)}
              />
            </div>
            <div>
              <Text fw={500} id="settings-theme" mb={6}>
                {t("settings.theme")}
              </Text>
              <SegmentedControl
                aria-labelledby="settings-theme"
                data={[
                  { value: "light", label: t("settings.light") },
                  { value: "dark", label: t("settings.dark") },
                  { value: "auto", label: t("settings.auto") },
                ]}
                value={colorScheme}
                onChange={(value) => setColorScheme(value as typeof colorScheme)}
              />
            </div>
          </Stack>
        </Card>
      </Section>
      <Section title={t("settings.password")}>
        <Card>
          <PasswordForm username={me.username} />
        </Card>
      </Section>
      <Section title={t("settings.session")} lead={t("settings.sessionText")}>
        <div>
          <Button variant="default" onClick={leave}>
            {t("nav.signOut")}
          </Button>
        </div>
      </Section>
    </Stack>
  );
}
