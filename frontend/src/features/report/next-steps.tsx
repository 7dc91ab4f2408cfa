import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { PracticeItem, Report } from "@/api";
import { Section } from "@/components/section";
import { Findings } from "./finding-list";
import styles from "./report.module.css";

type Props = { report: Report; onQuestion: (questionId: string) => void };

/** What to practise, the most important first, and where to go from here. */
export function NextSteps({ report, onQuestion }: Props) {
  const { t } = useTranslation();
  if (report.status !== "ready" && report.practice.length + report.improvements.length === 0) return null;
  return (
    <Section title={t("report.practice")}>
      {report.practice.length > 0 ? (
        <ol className={styles.steps}>
          {report.practice.map((item) => (
            <li key={`${item.kind}${item.text}${item.question_id}`}>
              <Step item={item} report={report} onQuestion={onQuestion} />
            </li>
          ))}
        </ol>
      ) : (
        <Findings kind="improvement" findings={report.improvements} />
      )}
      {report.status === "ready" && (
        <Group gap="xs" className={styles.onward}>
          <Button
            component={Link}
            to={`/learning?interview=${report.interview_id}`}
            variant="default"
            size="compact-md"
          >
            {t("learning.create")}
          </Button>
          <Button component={Link} to="/interviews/new" variant="default" size="compact-md">
            {t("home.next.again.action")}
          </Button>
        </Group>
      )}
    </Section>
  );
}

function Step({ item, report, onQuestion }: { item: PracticeItem } & Props) {
  const { t } = useTranslation();
  const turn = report.turns.find(({ question }) => question.id === item.question_id);
  const text = isStarPart(item.text) && item.kind === "star_part" ? t(`report.star.${item.text}`) : item.text;
  return (
    <>
      <Text span fw={600} className="prose" display="block">
        {text}
      </Text>
      <Text span size="sm" c="dimmed">
        {t(`report.practiceKind.${item.kind}`)}
      </Text>
      {turn && (
        <button type="button" className={styles.jump} onClick={() => onQuestion(turn.question.id)}>
          {t("report.toAnswer", { position: turn.question.position })}
        </button>
      )}
    </>
  );
}

function isStarPart(text: string): text is "situation" | "task" | "action" | "result" {
  return ["situation", "task", "action", "result"].includes(text);
}
