import { Button, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { Interview, Resume } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { JobDescriptionField } from "@/components/job-description-field";
import { LanguageField } from "@/components/language-field";
import { ResumeSelect } from "@/features/resumes/resume-select";
import { currentLanguage } from "@/i18n";
import { formatDate } from "@/lib/format";
import { useCreateLearningPath } from "./use-learning-actions";

const NO_REPORT = "none";

type Props = {
  resumes: readonly Resume[];
  /** Those whose reports are ready. */
  interviews: readonly Interview[];
  initialResumeId: string;
  initialInterviewId: string;
};

export function LearningForm({ resumes, interviews, initialResumeId, initialInterviewId }: Props) {
  const { t } = useTranslation();
  const create = useCreateLearningPath();
  const form = useForm({
    initialValues: {
      resumeId: initialResumeId,
      interviewId: initialInterviewId || NO_REPORT,
      role: "",
      jobDescription: "",
      language: currentLanguage(),
    },
  });
  const optional = (label: string) => `${label} (${t("common.optional")})`;
  const send = form.onSubmit((values) =>
    create.mutate({
      resume_id: values.resumeId,
      interview_id: values.interviewId === NO_REPORT ? null : values.interviewId,
      target_role: values.role.trim() || null,
      job_description: values.jobDescription.trim() || null,
      language: values.language,
    }),
  );
  return (
    <form noValidate onSubmit={send}>
      <Stack gap="md">
        <ResumeSelect label={t("writing.resume")} resumes={resumes} {...form.getInputProps("resumeId")} />
        {interviews.length > 0 && (
          <Select
            size="md"
            label={optional(t("learning.interview"))}
            description={t("learning.interviewHint")}
            data={[
              { value: NO_REPORT, label: t("learning.noInterview") },
              ...interviews.map((interview) => ({ value: interview.id, label: labelOf(interview) })),
            ]}
            allowDeselect={false}
            comboboxProps={{ shadow: "sm" }}
            {...form.getInputProps("interviewId")}
          />
        )}
        <TextInput
          size="md"
          label={optional(t("writing.role"))}
          description={t("learning.roleHint")}
          placeholder={t("writing.rolePlaceholder")}
          maxLength={120}
          {...form.getInputProps("role")}
        />
        <JobDescriptionField {...form.getInputProps("jobDescription")} />
        <LanguageField {...form.getInputProps("language")} />
        {create.error && <ErrorAlert title={t("learning.failed")} error={create.error} />}
        <div>
          <Button type="submit" size="lg" loading={create.isPending}>
            {t("learning.create")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function labelOf(interview: Interview): string {
  return [interview.target_role, interview.company, formatDate(interview.created_at, currentLanguage())]
    .filter(Boolean)
    .join(" · ");
}
