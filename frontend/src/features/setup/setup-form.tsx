import { Anchor, Button, SegmentedControl, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Resume, SystemStatus } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { NoticeAlert } from "@/components/notice-alert";
import { Section } from "@/components/section";
import { currentLanguage, LANGUAGE_NAMES, LANGUAGES } from "@/i18n";
import { ConsentFields, type ConsentName } from "./consent-fields";
import { ModelNotice } from "./model-notice";
import { NeedsFields } from "./needs-fields";
import { PaceFields } from "./pace-fields";
import { PlanField } from "./plan-field";
import { PositionFields } from "./position-fields";
import { PurposeField } from "./purpose-field";
import { CUSTOM, NO_NEEDS, type SetupValues } from "./setup-values";
import { useCreateInterview } from "./use-create-interview";
import { useSystemStatus } from "./use-system-status";

type Props = { resumes: readonly Resume[]; initialResumeId: string };

export function SetupForm({ resumes, initialResumeId }: Props) {
  const { t } = useTranslation();
  const { data: status } = useSystemStatus();
  const canSpeak = status?.speech.can_transcribe === true;
  const create = useCreateInterview();
  // Two clicks in the same moment must meet a lock that is already there.
  const isSending = useRef(false);
  const form = useForm<SetupValues>({
    initialValues: {
      resumeId: initialResumeId,
      role: "",
      company: "",
      companyDescription: "",
      jobDescription: "",
      language: currentLanguage(),
      planId: "short",
      customCount: 8,
      customStages: null,
      difficulty: "fitting",
      timeLimit: "fitting",
      purpose: "practice",
      needs: NO_NEEDS,
      consents: { scoring: false, transcription: false, recording: false, emotion: false },
    },
    validate: {
      role: (value) => (value.trim() ? null : t("setup.roleRequired")),
      customStages: (value, { planId }) =>
        planId === CUSTOM && value?.length === 0 ? t("setup.customStagesRequired") : null,
    },
  });
  const { values } = form;
  const send = (submitted: SetupValues) => {
    if (isSending.current) return;
    isSending.current = true;
    create.mutate(submitted, {
      onSettled: () => {
        isSending.current = false;
      },
    });
  };
  const showFirstError = () => {
    requestAnimationFrame(() => document.querySelector<HTMLElement>("form [aria-invalid=true]")?.focus());
  };

  return (
    <form noValidate onSubmit={form.onSubmit(send, showFirstError)}>
      <Stack gap={40}>
        {status && <ModelNotice status={status} />}
        <PositionFields form={form} resumes={resumes} />
        <Section title={t("setup.course")}>
          <div>
            <Text fw={600} id="interview-language" mb={8}>
              {t("setup.language")}
            </Text>
            <SegmentedControl
              size="md"
              aria-labelledby="interview-language"
              data={LANGUAGES.map((language) => ({ value: language, label: LANGUAGE_NAMES[language] }))}
              {...form.getInputProps("language")}
            />
          </div>
          <PlanField form={form} />
          <PurposeField
            value={values.purpose}
            onChange={(purpose) => form.setFieldValue("purpose", purpose)}
          />
          <PaceFields form={form} />
          <NeedsFields form={form} />
        </Section>
        {!values.needs.textOnly && (
          <Section title={t("setup.answering")}>
            <NoticeAlert text={t(canSpeak ? "setup.answeringByVoice" : "setup.answeringText")} />
            {canSpeak && (
              <Anchor
                href="/device-check"
                target="_blank"
                rel="noreferrer"
                style={{ alignSelf: "flex-start" }}
              >
                {t("devices.linkInNewTab")}
              </Anchor>
            )}
          </Section>
        )}
        <ConsentFields form={form} offered={offeredConsents(values, status)} />
        {create.error && <ErrorAlert title={t("setup.failed")} error={create.error} />}
        <div>
          <Button type="submit" size="lg" loading={create.isPending}>
            {t("setup.start")}
          </Button>
          <Text size="sm" c="dimmed" mt={10}>
            {t("setup.startText")}
          </Text>
        </div>
      </Stack>
    </form>
  );
}

function offeredConsents(values: SetupValues, status: SystemStatus | undefined): ConsentName[] {
  const offered: ConsentName[] = ["scoring"];
  if (status?.speech.can_transcribe === true && !values.needs.textOnly)
    offered.push("transcription", "recording");
  const mayShowFace = values.purpose === "practice" && !values.needs.textOnly && !values.needs.noCamera;
  if (status?.emotion_enabled === true && mayShowFace) offered.push("emotion");
  return offered;
}
