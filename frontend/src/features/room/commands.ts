import {
  finishInterview,
  giveHint,
  type InterviewDetail,
  pauseInterview,
  type Question,
  repeatQuestion,
  resumeInterview,
  type SpeechAct,
  skipQuestion,
  takeMoment,
} from "@/api";
import { unwrap } from "@/lib/api-error";

/** What a candidate can ask for with a button. */
export type Command = "skip" | "repeat" | "hint" | "moment" | "pause" | "resume" | "finish";

const ON_QUESTION = { skip: skipQuestion, repeat: repeatQuestion, hint: giveHint, moment: takeMoment };
const ON_INTERVIEW = { pause: pauseInterview, resume: resumeInterview, finish: finishInterview };

/** Which words are a wish about the question instead of an answer to it. */
const WISHES = ["repeat", "hint", "moment", "time", "distress"] as const;

export function isWish(act: SpeechAct | Command): act is (typeof WISHES)[number] {
  return (WISHES as readonly string[]).includes(act);
}

export function sendCommand(
  command: Command,
  interviewId: string,
  question: Question | null,
): Promise<InterviewDetail> {
  const path = { interview_id: interviewId };
  if (command === "pause" || command === "resume" || command === "finish")
    return unwrap(ON_INTERVIEW[command]({ path }));
  if (question === null) throw new Error(`${command} is for a question`);
  return unwrap(ON_QUESTION[command]({ path, body: { question_id: question.id } }));
}
