import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Resume, type ResumeDetail, type ResumePage, streamResumeEvents } from "@/api";
import type { OpenStream } from "@/lib/sse";
import { useEventStream } from "@/lib/use-event-stream";
import { usePolling } from "@/lib/use-polling";
import { RESUMES, resumeQuery, resumesQuery } from "./resume-queries";

const POLL_MS = 5_000;

export function isInWork(resume: Pick<Resume, "status"> | undefined): boolean {
  return resume?.status === "pending" || resume?.status === "running";
}

/** One résumé, kept up to date by its event stream for as long as something is being done with it. */
export function useLiveResume(resumeId: string) {
  const queryClient = useQueryClient();
  const { queryKey } = resumeQuery(resumeId);

  const query = useQuery(resumeQuery(resumeId));

  const take = (event: string, data: unknown) => {
    if (event === "degraded") return void queryClient.invalidateQueries({ queryKey });
    if (!isResume(data)) return;
    queryClient.setQueryData<ResumeDetail>(queryKey, (known) => merge(known, data));
    queryClient.setQueryData<ResumePage>(resumesQuery.queryKey, (page) => replaceIn(page, data));
    // The end of the work adds what a progress event does not carry: the profile, the reason.
    if (!isInWork(data)) void queryClient.invalidateQueries({ queryKey: RESUMES });
  };

  const open: OpenStream = (options) => streamResumeEvents({ path: { resume_id: resumeId }, ...options });
  const stream = useEventStream({
    streamKey: resumeId,
    open,
    onEvent: take,
    isEnabled: isInWork(query.data),
  });
  usePolling(isInWork(query.data) && stream !== "live", POLL_MS, query.refetch);
  return query;
}

function isResume(data: unknown): data is Resume {
  return (
    typeof data === "object" && data !== null && "status" in data && "step" in data && "filename" in data
  );
}

function merge(known: ResumeDetail | undefined, news: Resume | ResumeDetail): ResumeDetail {
  return { profile: null, corrected_fields: [], hidden_text_spans: 0, hidden_text: {}, ...known, ...news };
}

function replaceIn(page: ResumePage | undefined, news: Resume): ResumePage | undefined {
  return (
    page && { ...page, items: page.items.map((item) => (item.id === news.id ? { ...item, ...news } : item)) }
  );
}
