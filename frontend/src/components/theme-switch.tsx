import { ActionIcon, Box, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/lib/use-live";

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  // What was drawn before the script knew nothing of this browser; which icon is right, the style sheet knows.
  const isLive = useLive();
  const isDark = useComputedColorScheme("light") === "dark" && isLive;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? t("nav.toLight") : t("nav.toDark")}
      onClick={() => setColorScheme(isDark ? "light" : "dark")}
    >
      <Box component={IconMoon} size={20} stroke={1.75} darkHidden />
      <Box component={IconSun} size={20} stroke={1.75} lightHidden />
    </ActionIcon>
  );
}
