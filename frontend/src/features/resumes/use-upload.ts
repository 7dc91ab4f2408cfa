import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { uploadResume } from "@/api";
import { toApiError } from "@/lib/api-error";
import { checkFile } from "./check-file";
import { RESUMES } from "./resume-queries";

/** Upload a file and go to its résumé, which is the known one when the same file was uploaded before. */
export function useUpload(maxBytes: number) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (file: File) => {
      checkFile(file, maxBytes);
      const { data, error, response } = await uploadResume({ body: { file } });
      if (!data) throw toApiError(error, response);
      return { resume: data, isKnown: response?.status === 200 };
    },
    onSuccess: async ({ resume, isKnown }) => {
      if (isKnown) notifications.show({ message: t("resume.known") });
      void queryClient.invalidateQueries({ queryKey: RESUMES });
      await navigate(`/resumes/${resume.id}`);
    },
  });
}
