import { ActionIcon, Group, Text } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";

type Props = { label: string; value: number; most: number; onChange: (value: number) => void };

/** A small number, one step at a time. */
export function CountField({ label, value, most, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Group justify="space-between" role="group" aria-labelledby={id}>
      <Text fw={600} id={id}>
        {label}
      </Text>
      <Group gap="sm">
        <ActionIcon
          variant="default"
          size={40}
          aria-label={t("setup.fewer")}
          disabled={value <= 1}
          onClick={() => onChange(value - 1)}
        >
          <IconMinus size={18} />
        </ActionIcon>
        <Text component="output" fw={600} fz={20} ta="center" miw={32} className="figures" aria-live="polite">
          {value}
        </Text>
        <ActionIcon
          variant="default"
          size={40}
          aria-label={t("setup.more")}
          disabled={value >= most}
          onClick={() => onChange(value + 1)}
        >
          <IconPlus size={18} />
        </ActionIcon>
      </Group>
    </Group>
  );
}
