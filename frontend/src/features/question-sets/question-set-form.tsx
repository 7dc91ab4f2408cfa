import { Button, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Resume } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { GrowingTextarea } from "@/components/growing-textarea";
import { resumeQuery } from "@/features/resumes/resume-queries";
import { currentLanguage, LANGUAGE_NAMES, LANGUAGES } from "@/i18n";
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
  const { data: resume } = useQuery(resumeQuery(form.values.resumeId));
  const suggestedRole = resume?.profile?.target_role;
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
        <Select
          size="md"
          label={t("writing.resume")}
          data={resumes.map(({ id, filename }) => ({ value: id, label: filename }))}
          allowDeselect={false}
          comboboxProps={{ shadow: "sm" }}
          {...form.getInputProps("resumeId")}
        />
        <TextInput
          size="md"
          label={t("writing.role")}
          placeholder={t("writing.rolePlaceholder")}
          maxLength={120}
          required
          withAsterisk={false}
          {...form.getInputProps("role")}
        />
        {suggestedRole && suggestedRole !== form.values.role && (
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
          label={optional(t("writing.company"))}
          maxLength={120}
          {...form.getInputProps("company")}
        />
        <GrowingTextarea
          size="md"
          label={optional(t("writing.jobDescription"))}
          description={t("writing.jobDescriptionHint")}
          minRows={2}
          maxRows={10}
          maxLength={8000}
          {...form.getInputProps("jobDescription")}
        />
        <div>
          <Text fw={600} id="set-language" mb={8}>
            {t("writing.language")}
          </Text>
          <SegmentedControl
            size="md"
            aria-labelledby="set-language"
            data={LANGUAGES.map((language) => ({ value: language, label: LANGUAGE_NAMES[language] }))}
            {...form.getInputProps("language")}
          />
        </div>
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
