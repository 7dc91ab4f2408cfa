import { Button, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Resume } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { GrowingTextarea } from "@/components/growing-textarea";
import { NoticeAlert } from "@/components/notice-alert";
import { resumeQuery } from "@/features/resumes/resume-queries";
import { currentLanguage, LANGUAGE_NAMES, LANGUAGES } from "@/i18n";
import { ConsentFields } from "./consent-fields";
import { ModelNotice } from "./model-notice";
import { PurposeField } from "./purpose-field";
import { ScenarioField } from "./scenario-field";
import type { SetupValues } from "./setup-values";
import { useCreateInterview } from "./use-create-interview";
import { useSystemStatus } from "./use-system-status";

type Props = { resumes: readonly Resume[]; initialResumeId: string };

const DEFAULT_SCENARIO = "short";

export function SetupForm({ resumes, initialResumeId }: Props) {
  const { t } = useTranslation();
  const { data: status } = useSystemStatus();
  const create = useCreateInterview();
  const form = useForm<SetupValues>({
    initialValues: {
      resumeId: initialResumeId,
      role: "",
      company: "",
      companyDescription: "",
      jobDescription: "",
      language: currentLanguage(),
      scenarioId: DEFAULT_SCENARIO,
      purpose: "practice",
      agreesToScoring: false,
      agreesToEmotion: false,
    },
    validate: { role: (value) => (value.trim() ? null : t("setup.roleRequired")) },
  });
  const { values } = form;
  const { data: resume } = useQuery(resumeQuery(values.resumeId));
  const suggestedRole = resume?.profile?.target_role;
  const optional = (label: string) => `${label} (${t("common.optional")})`;

  return (
    <form noValidate onSubmit={form.onSubmit((submitted) => create.mutate(submitted))}>
      <Stack gap={32}>
        {status && <ModelNotice status={status} />}
        <Stack gap="md">
          <Select
            size="md"
            label={t("setup.resume")}
            data={resumes.map(({ id, filename }) => ({ value: id, label: filename }))}
            allowDeselect={false}
            comboboxProps={{ shadow: "sm" }}
            {...form.getInputProps("resumeId")}
          />
          <TextInput
            size="md"
            label={t("setup.role")}
            placeholder={t("setup.rolePlaceholder")}
            maxLength={120}
            required
            withAsterisk={false}
            {...form.getInputProps("role")}
          />
          {suggestedRole && suggestedRole !== values.role && (
            <div>
              <Button
                size="compact-sm"
                variant="light"
                onClick={() => form.setFieldValue("role", suggestedRole)}
              >
                {t("room.sourceQuote")}: {suggestedRole}
              </Button>
            </div>
          )}
          <TextInput
            size="md"
            label={optional(t("setup.company"))}
            placeholder={t("setup.companyPlaceholder")}
            maxLength={120}
            {...form.getInputProps("company")}
          />
          <GrowingTextarea
            size="md"
            label={optional(t("setup.jobDescription"))}
            description={t("setup.jobDescriptionHint")}
            minRows={3}
            maxRows={12}
            maxLength={8000}
            {...form.getInputProps("jobDescription")}
          />
          <GrowingTextarea
            size="md"
            label={optional(t("setup.companyDescription"))}
            description={t("setup.companyDescriptionHint")}
            minRows={2}
            maxRows={8}
            maxLength={4000}
            {...form.getInputProps("companyDescription")}
          />
        </Stack>
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
        <ScenarioField
          language={values.language}
          value={values.scenarioId}
          onChange={(id) => form.setFieldValue("scenarioId", id)}
        />
        <PurposeField value={values.purpose} onChange={(purpose) => form.setFieldValue("purpose", purpose)} />
        <div>
          <Text fw={600} mb={8}>
            {t("setup.answering")}
          </Text>
          <NoticeAlert text={t("setup.answeringText")} />
        </div>
        <ConsentFields
          form={form}
          offersEmotion={status?.emotion_enabled === true && values.purpose === "practice"}
        />
        {create.error && <ErrorAlert title={t("setup.failed")} error={create.error} />}
        <div>
          <Button type="submit" size="lg" loading={create.isPending}>
            {t("setup.start")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
