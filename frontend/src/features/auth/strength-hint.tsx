import { Group, Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { passwordStrength, type Strength } from "./password-strength";

const FILL: Record<Strength, number> = { empty: 0, short: 15, weak: 35, fair: 70, strong: 100 };

export function StrengthHint({ password }: { password: string }) {
  const { t } = useTranslation();
  const strength = passwordStrength(password);
  return (
    <Group gap="sm" mih={20} aria-live="polite">
      {strength !== "empty" && (
        <>
          <Progress
            value={FILL[strength]}
            size="sm"
            w={96}
            color={FILL[strength] < 50 ? "yellow.7" : "tide"}
            aria-hidden
          />
          <Text size="sm" c="dimmed">
            {t(`auth.strength.${strength}`)}
          </Text>
        </>
      )}
    </Group>
  );
}
