/** Texts of the frame of every page. */
export const app = { name: "AI Interview", skipToContent: "Skip to content" };

export const nav = {
  home: "Home",
  newInterview: "New interview",
  questionSets: "Question sets",
  learning: "Learning path",
  settings: "Settings",
  reviews: "Review requests",
  signIn: "Sign in",
  signOut: "Sign out",
  main: "Main menu",
  account: "My account",
  toDark: "Switch to the dark theme",
  toLight: "Switch to the light theme",
};

export const common = {
  loading: "Loading",
  retry: "Try again",
  reload: "Reload",
  cancel: "Cancel",
  close: "Close",
  delete: "Delete",
  save: "Save",
  saved: "Saved",
  optional: "optional",
  copy: "Copy",
  copied: "Copied",
  notFoundInDocument: "Not found in the document",
};

export const error = {
  title: "Something went wrong",
  BAD_REQUEST: "The request was not understood. Reload the page and try again.",
  NOT_AUTHENTICATED: "You need to be signed in. Please sign in again.",
  TOKEN_INVALID: "Your session has ended. Please sign in again.",
  SESSION_REVOKED: "We signed you out to be safe. Please sign in again.",
  WRONG_CREDENTIALS: "The username or the password is wrong. Please check both.",
  NOT_ALLOWED: "You may not do this.",
  WRONG_PASSWORD: "The current password is wrong.",
  NOT_FOUND: "There is nothing here. It may have been deleted.",
  RESUME_NOT_FOUND: "This résumé was not found. It may have been deleted.",
  INTERVIEW_NOT_FOUND: "This interview was not found. It may have been deleted.",
  PDF_NOT_READY: "There is no PDF yet. Press again to have it made.",
  PDF_FAILED: "The report itself is fine. Try again, or download it as JSON.",
  SAME_INTERVIEW: "Choose two different interviews.",
  REPORT_NOT_FOUND: "There is no report yet. It is written when the interview ends.",
  METHOD_NOT_ALLOWED: "This request is not possible. Reload the page and try again.",
  USERNAME_TAKEN: "This username is taken. Please choose another one.",
  RESUME_NOT_READY: "The résumé is still being read. You can start when it is ready.",
  RESUME_BUSY: "This résumé is being processed. Try again when that is done.",
  INTERVIEW_FINISHED: "This interview is already over.",
  INTERVIEW_NOT_FINISHED: "The interview is not over yet. The report comes when you finish it.",
  INTERVIEW_PAUSED: "The interview is paused. Resume it, then try again.",
  QUESTION_PENDING: "The next question is being prepared. One moment, please.",
  INTERVIEW_CHANGED: "The interview has moved on in another window. We have loaded the present state.",
  QUESTION_ALREADY_ANSWERED: "This question has an answer already. We have loaded the present state.",
  NOT_CURRENT_QUESTION: "The interview has moved on to the next question. We have loaded the present state.",
  CONSENT_NEEDED: "To answer by voice, agree to transcription first. Without it you can write your answers.",
  TRANSCRIPT_PENDING:
    "Parts of your answer are not written down yet. Wait a little, or send it without them.",
  TRANSCRIPT_NOT_FOUND: "Nothing was spoken to this question. Speak again, or write your answer.",
  TAKE_SUPERSEDED: "You have spoken a newer answer since. We have loaded what was heard of it.",
  RECOGNISER_UNAVAILABLE: "Speech cannot be written down right now. Please write your answer.",
  AUDIO_UNREADABLE: "The recording cannot be read. Record it again, or write your answer.",
  AUDIO_WITHOUT_SOUND: "The recording holds no sound. Check your microphone and record it again.",
  AUDIO_TOO_LONG: "The recording is longer than ten minutes. Record a shorter one.",
  NO_SPEECH: "No voice was heard. Check your microphone and speak again.",
  TOO_MANY_PEERS: "All places for live voice are taken. Try again in a minute.",
  SERVER_BUSY: "The server for live voice has too much to do. Try again in a few seconds.",
  TICKET_INVALID: "The permission to connect has expired. Try again.",
  TICKET_USED: "The permission to connect was used already. Try again.",
  PEER_SUPERSEDED: "This interview is connected in another window. Try again to go on here.",
  ORIGIN_NOT_ALLOWED: "This server takes no live voice from this address. Please tell who runs it.",
  SDP_INVALID: "This browser's connection is not understood. Try a current browser.",
  CONSENT_NOT_ALLOWED: "This consent cannot be chosen for this interview.",
  CONFLICT: "It was changed elsewhere first. Reload the page and try again.",
  FILE_TOO_LARGE: "The file is too large. Please upload one of up to {{limit}}.",
  BODY_TOO_LARGE: "The text is too long. Please shorten it and send it again.",
  UNSUPPORTED_FILE_TYPE:
    "We cannot read this kind of file. Save your résumé as a PDF or Word document (DOCX) and upload that.",
  EMPTY_FILE: "The file is empty. Please choose one with content.",
  VALIDATION_FAILED: "Please check what you have entered.",
  RATE_LIMITED: "There were too many requests. Please try again in a moment.",
  RATE_LIMITED_FOR: "There were too many requests. Please try again in {{seconds}} seconds.",
  RATE_LIMITED_MINUTES: "You have used what this hour allows. Please try again in about {{minutes}} minutes.",
  RATE_LIMITED_HOURS: "You have used what this day allows. Please try again in about {{hours}} hours.",
  LEARNING_PATH_NOT_FOUND: "This learning path was not found. Only the last ten are kept.",
  LEARNING_ITEM_NOT_FOUND: "This item was not found. The learning path may have been written anew.",
  QUESTION_SET_NOT_FOUND: "This question set was not found. It may have been deleted.",
  REVIEW_NOT_FOUND: "This request was not found. Its interview may have been deleted.",
  REVIEW_OPEN: "A review of this report is requested already. Withdraw that request first.",
  REVIEW_ANSWERED: "This request has been answered. We have loaded the answer.",
  REVIEW_NOT_OPEN: "This request was answered or withdrawn meanwhile.",
  REVIEW_NOT_READ: "Read the request before you answer it. Reload the page and try again.",
  REVIEW_LIMIT_REACHED: "This report has been reviewed as often as is possible.",
  REPORT_NOT_READY: "The report of this interview is not ready yet. Try again when it is.",
  NOT_FAILED: "It has been written, or is being written right now. We have loaded the present state.",
  INTERNAL: "Something went wrong on the server. Please try again in a moment.",
  DATABASE_UNAVAILABLE: "The database is away for a moment. Please try again shortly.",
  STORAGE_UNAVAILABLE: "The file store cannot be reached. Please try again shortly.",
  STORAGE_FULL:
    "There is no room for more files. Please tell the operator, or delete a résumé that you no longer need.",
  BROKER_UNAVAILABLE: "The job queue cannot be reached. Please try again shortly.",
  TOO_MANY_STREAMS: "Many people are connected right now. We will reconnect in a moment.",
  SERVICE_UNAVAILABLE: "The server does not answer for the moment. Please try again in a few seconds.",
  SERVER_AWAY: "The server cannot be reached. Check your internet connection and try again.",
};

export const notice = {
  workerAway:
    "Résumés are not being processed right now. Uploads are kept and go on when processing is back.",
  offline:
    "You are offline. What you type is kept in this browser, and you can go on when the connection is back.",
};

export const notFound = {
  title: "This page does not exist",
  text: "The address has changed or the page was deleted.",
  action: "Back to start",
};

export const crash = {
  title: "Something went wrong on this page",
  text: "What you typed is kept in this browser. Reload the page to go on.",
  action: "Reload",
};
