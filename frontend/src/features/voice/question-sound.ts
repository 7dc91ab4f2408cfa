import { readSpokenQuestion } from "@/api";
import { unwrap } from "@/lib/api-error";

/** What an installation without a good voice speaks with. */
export const PLAIN_ENGINE = "espeak-ng";

/** A question as the server speaks it. */
export type QuestionSound = {
  audio: Blob;
  /** Which engine spoke it; where the good one fails, the plain one does. */
  engine: string | null;
};

/** @throws ApiError where the question is not spoken (yet). */
export async function fetchSound(interviewId: string, questionId: string): Promise<QuestionSound> {
  const path = { interview_id: interviewId, question_id: questionId };
  const answer = readSpokenQuestion({ path, parseAs: "blob" });
  const audio = (await unwrap(answer)) as Blob;
  return { audio, engine: (await answer).response?.headers.get("X-Speech-Engine") ?? null };
}

/** A question's sound, which may come later or never. */
export class ComingSound {
  private sound: QuestionSound | null = null;
  private readonly waiting = new Set<(sound: QuestionSound) => void>();

  /** The sound is here. */
  arrive(sound: QuestionSound): void {
    this.sound = sound;
    for (const tell of this.waiting) tell(sound);
    this.waiting.clear();
  }

  /** The sound, at once where it is here; null where it does not come in time. */
  within(ms: number): Promise<QuestionSound | null> {
    if (this.sound) return Promise.resolve(this.sound);
    return new Promise((resolve) => {
      const tell = (sound: QuestionSound) => {
        clearTimeout(timer);
        resolve(sound);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(tell);
        resolve(null);
      }, ms);
      this.waiting.add(tell);
    });
  }
}
