import { Button } from "@mantine/core";
import { IconWorld } from "@tabler/icons-react";
import { useLanguage } from "@/features/settings/use-language";
import { LANGUAGE_NAMES, type Language } from "@/i18n";

/** Offers the other language, written in that language. */
export function LanguageSwitch() {
  const [language, choose] = useLanguage();
  const other: Language = language === "ko" ? "en" : "ko";
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-md"
      fw={500}
      lang={other}
      leftSection={<IconWorld size={18} stroke={1.75} aria-hidden />}
      onClick={() => choose(other)}
    >
      {LANGUAGE_NAMES[other]}
    </Button>
  );
}
