import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Card } from "@/components/card";
import styles from "./home.module.css";
import type { NextStep } from "./next-step";
import { OpenClock } from "./open-clock";

export function NextStepCard({ step }: { step: NextStep }) {
  const { t } = useTranslation();
  const facts =
    "interview" in step
      ? {
          role: step.interview.target_role,
          answered: step.interview.answered_count,
          total: step.interview.question_count,
        }
      : { role: "", answered: 0, total: 0 };
  return (
    <Card isAccented>
      <section aria-label={t("home.nextStep")}>
        <Text size="sm" fw={600} c="var(--mantine-color-anchor)">
          {t("home.nextStep")}
        </Text>
        <Group justify="space-between" gap="lg" mt={4}>
          <div className={styles.nextWords}>
            <h2 className={styles.nextTitle}>{t(`home.next.${step.kind}.title`)}</h2>
            <Text c="dimmed">{t(`home.next.${step.kind}.text`, facts)}</Text>
            {step.kind === "continue" && <OpenClock interviewId={step.interview.id} />}
          </div>
          <Button component={Link} to={addressOf(step)} size="md">
            {t(`home.next.${step.kind}.action`)}
          </Button>
        </Group>
      </section>
    </Card>
  );
}

function addressOf(step: NextStep): string {
  switch (step.kind) {
    case "upload":
      return "/resumes/new";
    case "wait":
    case "mend":
      return `/resumes/${step.resume.id}`;
    case "continue":
      return `/interviews/${step.interview.id}`;
    case "read":
      return `/interviews/${step.interview.id}/report`;
    default:
      return "/interviews/new";
  }
}
