import { Button, Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { InterviewDetail } from "@/api";
import { Card } from "@/components/card";

export function Finished({ interview }: { interview: InterviewDetail }) {
  const { t } = useTranslation();
  const reason = interview.finish_reason ?? "candidate";
  return (
    <Card isAccented>
      <div role="status">
        <Title order={1} size="h2">
          {t(`room.finished.${reason}.title`)}
        </Title>
      </div>
      <Text c="dimmed" mt={6} className="prose">
        {t(`room.finished.${reason}.text`)} {t("room.finishedText")}
      </Text>
      <Group gap="sm" mt="lg">
        <Button component={Link} to={`/interviews/${interview.id}/report`} size="md">
          {t("room.toReport")}
        </Button>
        <Button component={Link} to="/home" variant="default" size="md">
          {t("room.leave")}
        </Button>
      </Group>
    </Card>
  );
}
