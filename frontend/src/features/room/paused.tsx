import { Button, Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Card } from "@/components/card";
import { useStepFocus } from "./use-step-focus";

type Props = { isDistress: boolean; hasDraft: boolean; isResuming: boolean; onResume: () => void };

/** The interview stands still: no question, no clock, only the way back. */
export function Paused({ isDistress, hasDraft, isResuming, onResume }: Props) {
  const { t } = useTranslation();
  const heading = useStepFocus<HTMLHeadingElement>();
  return (
    <Card isAccented>
      <Title order={1} size="h2" ref={heading} tabIndex={-1}>
        {isDistress ? t("room.distressTitle") : t("room.pausedTitle")}
      </Title>
      <Text mt={8} className="prose">
        {isDistress ? t("room.distressText") : t("room.pausedText")}
      </Text>
      <Text mt={8} c="dimmed" className="prose">
        {[hasDraft && t("room.pausedDraft"), t("room.pausedLong")].filter(Boolean).join(" ")}
      </Text>
      <Group gap="sm" mt="lg">
        <Button size="md" loading={isResuming} onClick={onResume}>
          {t("room.resume")}
        </Button>
        <Button component={Link} to="/home" variant="default" size="md">
          {t("room.leave")}
        </Button>
      </Group>
    </Card>
  );
}
