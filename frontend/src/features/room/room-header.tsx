import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { ThinBar } from "@/components/thin-bar";

type Props = { interview: InterviewDetail; position: number | null; onFinish: () => void };

/** Where we are in the interview, and the way out of it. */
export function RoomHeader({ interview, position, onFinish }: Props) {
  const { t } = useTranslation();
  const isOver = interview.status === "finished";
  const progress = t("room.progress", {
    position: position ?? interview.answered_count,
    total: interview.question_count,
  });
  return (
    <div>
      <Group justify="space-between" gap="sm" mb={10}>
        <div>
          <Text fw={600}>{[interview.target_role, interview.company].filter(Boolean).join(" · ")}</Text>
          <Text size="sm" c="dimmed" className="figures">
            {[progress, t(`setup.${interview.purpose}`), interview.scenario_title].join(" · ")}
          </Text>
        </div>
        {!isOver && (
          <Button variant="default" size="compact-md" onClick={onFinish}>
            {t("room.finish")}
          </Button>
        )}
      </Group>
      <ThinBar
        percent={(100 * interview.answered_count) / Math.max(1, interview.question_count)}
        label={progress}
      />
    </div>
  );
}
