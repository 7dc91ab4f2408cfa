import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { deleteResume, downloadResume, type Resume, reprocessResume } from "@/api";
import { errorText } from "@/i18n/error-text";
import { unwrap } from "@/lib/api-error";
import { saveFile } from "@/lib/save-file";
import { RESUMES, resumeQuery } from "./resume-queries";

/** What can be done with one résumé. Failures are told where the reader is looking. */
export function useResumeActions(resume: Pick<Resume, "id" | "filename">) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const path = { resume_id: resume.id };

  const tell = (error: Error) => {
    notifications.show({ color: "red", title: t("error.title"), message: errorText(error) });
  };

  const reprocess = useMutation({
    mutationFn: () => unwrap(reprocessResume({ path })),
    onSuccess: (news) => {
      queryClient.setQueryData(resumeQuery(resume.id).queryKey, (known) => known && { ...known, ...news });
      void queryClient.invalidateQueries({ queryKey: RESUMES });
    },
    onError: (error) => {
      tell(error);
      void queryClient.invalidateQueries({ queryKey: RESUMES });
    },
  });

  const remove = useMutation({
    mutationFn: () => unwrap(deleteResume({ path })),
    onSuccess: async () => {
      notifications.show({ message: t("resume.deleted") });
      await navigate("/home");
      queryClient.removeQueries({ queryKey: resumeQuery(resume.id).queryKey });
      void queryClient.invalidateQueries({ queryKey: RESUMES });
    },
    onError: tell,
  });

  const download = useMutation({
    mutationFn: async () => {
      const file = await unwrap(downloadResume({ path, parseAs: "blob" }));
      saveFile(file as Blob, resume.filename);
    },
    onError: tell,
  });

  return { reprocess, remove, download };
}
