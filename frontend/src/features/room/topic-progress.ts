import type { InterviewDetail, Question } from "@/api";

export type TopicProgress = { position: number; total: number; title: string | null };

/** Which of the plan's topics is open, leaving out those that there is no time for. */
export function topicProgress(interview: InterviewDetail, question: Question | null): TopicProgress {
  const { topics } = interview;
  const kept = topics.filter((topic) => topic.state !== "dropped");
  const open =
    question?.slot != null ? topics[question.slot] : topics.find(({ state }) => state === "current");
  if (!open) {
    const position = question?.position ?? interview.answered_count;
    return { position, total: interview.question_count, title: question?.stage_title ?? null };
  }
  return { position: kept.indexOf(open) + 1, total: kept.length, title: open.title };
}
