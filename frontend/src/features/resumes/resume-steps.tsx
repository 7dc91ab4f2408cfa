import { Stack, Text, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Resume } from "@/api";
import { Card } from "@/components/card";
import { ThinBar } from "@/components/thin-bar";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import { progressText, STEPS } from "./progress-text";
import styles from "./resume-steps.module.css";

const SLOW_S = 10;
const VERY_SLOW_S = 60;

/** The four steps of reading a résumé, live. */
export function ResumeSteps({ resume }: { resume: Resume }) {
  const { t } = useTranslation();
  const elapsed = useElapsedSeconds(true, resume.id);
  const current = STEPS.indexOf(resume.step);
  const text = progressText(resume, t);
  return (
    <Card>
      <Stack gap="md">
        <Text fw={600} size="lg" role="status">
          {text}
        </Text>
        <ThinBar percent={resume.percent} label={text} />
        <ol className={styles.steps}>
          {STEPS.map((step, index) => (
            <li key={step} data-state={index < current ? "done" : index === current ? "current" : "next"}>
              <span className={styles.mark} aria-hidden>
                {index < current ? <IconCheck size={14} stroke={2.5} /> : index + 1}
              </span>
              {t(`resume.stepNames.${step}`)}
              <VisuallyHidden>
                {index < current
                  ? t("resume.stepDone")
                  : index === current
                    ? t("resume.stepCurrent")
                    : t("resume.stepNext")}
              </VisuallyHidden>
            </li>
          ))}
        </ol>
        {elapsed >= SLOW_S && (
          <Text size="sm" c="dimmed">
            {elapsed >= VERY_SLOW_S ? t("resume.verySlow") : t("resume.slow")}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
