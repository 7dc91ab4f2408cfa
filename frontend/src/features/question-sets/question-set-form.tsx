import { Button, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { Resume } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { JobDescriptionField } from "@/components/job-description-field";
import { LanguageField } from "@/components/language-field";
import { ResumeSelect } from "@/features/resumes/resume-select";
import { SuggestedRole } from "@/features/resumes/suggested-role";
import { currentLanguage } from "@/i18n";
import { useCreateQuestionSet } from "./use-question-set-actions";

type Props = { resumes: readonly Resume[]; initialResumeId: string };

const DIFFICULTIES = ["fitting", "easy", "medium", "hard"] as const;

export function QuestionSetForm({ resumes, initialResumeId }: Props) {
  const { t } = useTranslation();
  const create = useCreateQuestionSet();
  const form = useForm({
    initialValues: {
      resumeId: initialResumeId,
      role: "",
      company: "",
      jobDescription: "",
      language: currentLanguage(),
      difficulty: "fitting" as (typeof DIFFICULTIES)[number],
    },
    validate: { role: (value) => (value.trim() ? null : t("writing.roleRequired")) },
  });
  const optional = (label: string) => `${label} (${t("common.optional")})`;
  const send = form.onSubmit((values) =>
    create.mutate({
      resume_id: values.resumeId,
      target_role: values.role.trim(),
      company: values.company.trim() || null,
      job_description: values.jobDescription.trim() || null,
      language: values.language,
      difficulty: values.difficulty === "fitting" ? null : values.difficulty,
    }),
  );

  return (
    <form noValidate onSubmit={send}>
      <Stack gap="md">
        <ResumeSelect label={t("writing.resume")} resumes={resumes} {...form.getInputProps("resumeId")} />
        <TextInput
          size="md"
          label={t("writing.role")}
          placeholder={t("writing.rolePlaceholder")}
          maxLength={120}
          required
          withAsterisk={false}
          {...form.getInputProps("role")}
        />
        <SuggestedRole
          resumeId={form.values.resumeId}
          role={form.values.role}
          onTake={(role) => form.setFieldValue("role", role)}
        />
        <TextInput
          size="md"
          label={optional(t("writing.company"))}
          maxLength={120}
          {...form.getInputProps("company")}
        />
        <JobDescriptionField {...form.getInputProps("jobDescription")} />
        <LanguageField {...form.getInputProps("language")} />
        <div>
          <Text fw={600} id="set-difficulty">
            {t("questionSet.difficulty")}
          </Text>
          <Text size="sm" c="dimmed" mb={8}>
            {t("questionSet.difficultyHint")}
          </Text>
          <SegmentedControl
            size="md"
            aria-labelledby="set-difficulty"
            data={DIFFICULTIES.map((value) => ({ value, label: t(`questionSet.difficulties.${value}`) }))}
            {...form.getInputProps("difficulty")}
          />
        </div>
        {create.error && <ErrorAlert title={t("questionSet.failed")} error={create.error} />}
        <div>
          <Button type="submit" size="lg" loading={create.isPending}>
            {t("questionSet.submit")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
