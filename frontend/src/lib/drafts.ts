const PREFIX = "draft:";

/** Answers that were typed but not sent, kept per question so that a reload or a lost network loses nothing. */
export function readDraft(interviewId: string, questionId: string): string {
  return localStorage.getItem(keyOf(interviewId, questionId)) ?? "";
}

export function saveDraft(interviewId: string, questionId: string, text: string): void {
  try {
    localStorage.setItem(keyOf(interviewId, questionId), text);
  } catch {
    // A full or forbidden storage must not stop the typing; the text is still in the page.
  }
}

export function forgetDraft(interviewId: string, questionId: string): void {
  localStorage.removeItem(keyOf(interviewId, questionId));
}

export function clearDrafts(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
}

function keyOf(interviewId: string, questionId: string): string {
  return `${PREFIX}${interviewId}:${questionId}`;
}
