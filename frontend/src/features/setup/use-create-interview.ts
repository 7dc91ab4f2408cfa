import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { createInterview } from "@/api";
import { INTERVIEWS } from "@/features/home/interview-queries";
import { interviewQuery } from "@/features/room/interview-query";
import { unwrap } from "@/lib/api-error";
import { randomId } from "@/lib/random-id";
import { bodyOf, type SetupValues } from "./setup-values";

/** Create the interview and enter its room. A repeated try of the same form creates one interview only. */
export function useCreateInterview() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const lastTry = useRef({ form: "", key: "" });

  return useMutation({
    mutationFn: (values: SetupValues) => {
      const form = JSON.stringify(values);
      if (lastTry.current.form !== form) lastTry.current = { form, key: randomId() };
      return unwrap(
        createInterview({ body: bodyOf(values), headers: { "Idempotency-Key": lastTry.current.key } }),
      );
    },
    onSuccess: async (interview) => {
      queryClient.setQueryData(interviewQuery(interview.id).queryKey, interview);
      void queryClient.invalidateQueries({ queryKey: INTERVIEWS });
      await navigate(`/interviews/${interview.id}`);
    },
  });
}
