import { Button, Group } from "@mantine/core";
import { IconBulb, IconHourglass, IconRepeat } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Turn } from "@/api";
import type { Command } from "./commands";

type Props = {
  turn: Turn;
  isThinking: boolean;
  isBusy: boolean;
  asking: Command | null;
  onAsk: (command: Command) => void;
};

/** What may be asked for before answering; none of it counts against anybody. */
export function WishBar({ turn, isThinking, isBusy, asking, onAsk }: Props) {
  const { t } = useTranslation();
  const hintsLeft = turn.question.hint_count - turn.hints.length;
  const wishes = [
    { command: "repeat", Icon: IconRepeat, label: t("room.repeat"), isPossible: true },
    {
      command: "hint",
      Icon: IconBulb,
      label: turn.hints.length > 0 ? t("room.hintMore") : t("room.hint"),
      isPossible: hintsLeft > 0,
    },
    {
      command: "moment",
      Icon: IconHourglass,
      label: t("room.moment"),
      isPossible: turn.moments_left > 0 && !isThinking,
    },
  ] as const;
  return (
    <Group gap={8} role="group" aria-label={t("room.wishes")}>
      {wishes.map(({ command, Icon, label, isPossible }) => (
        <Button
          key={command}
          variant="default"
          size="sm"
          px={{ base: 11, sm: "md" }}
          leftSection={<Icon size={17} stroke={1.75} />}
          loading={asking === command}
          disabled={!isPossible || isBusy}
          onClick={() => onAsk(command)}
        >
          {label}
        </Button>
      ))}
    </Group>
  );
}
