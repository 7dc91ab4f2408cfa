import type {
  Answer,
  Clock,
  Delivery,
  InterviewDetail,
  LearningPathDetail,
  Question,
  QuestionSetDetail,
  Report,
  ResumeDetail,
  Topic,
  Turn,
} from "@/api";

const NOW = "2026-11-21T04:00:00Z";

export function makeQuestion(position: number, changes: Partial<Question> = {}): Question {
  return {
    id: `question-${position}`,
    position,
    stage: "skill",
    stage_title: "기술",
    text: `${position}번째로 여쭤볼게요. 병목은 어떻게 찾으셨나요?`,
    type: "performance",
    difficulty: "medium",
    topic: null,
    reason: "이력서에 적힌 성과의 과정을 알고 싶어요.",
    source_quote: null,
    claim_id: null,
    is_follow_up: false,
    slot: position - 1,
    probe: 0,
    competency: "technical_depth",
    hint_count: 3,
    follow_up: null,
    waiting: null,
    answered_by: {
      provider: "question_bank",
      model: null,
      prompt_version: null,
      is_fallback: true,
      fallback_reason: "no_model",
      took_ms: 1,
    },
    created_at: NOW,
    ...changes,
  };
}

export function makeAnswer(text: string): Answer {
  return {
    id: `answer-${text}`,
    text,
    is_skipped: false,
    outcome: "answered",
    source: "text",
    take: null,
    transcript: null,
    transcript_edits: null,
    missing_segments: null,
    submitted_at: NOW,
  };
}

export function makeTurn(position: number, answer: string | null = null): Turn {
  return {
    question: makeQuestion(position),
    answer: answer === null ? null : makeAnswer(answer),
    hints: [],
    moments_left: 2,
  };
}

export function makeClock(changes: Partial<Clock> = {}): Clock {
  return {
    at: NOW,
    limit_s: 1350,
    used_s: 0,
    left_s: 1350,
    topic_left_s: 120,
    is_running: true,
    is_paused: false,
    resumes_at: null,
    ends_at: null,
    warning: null,
    ...changes,
  };
}

export function makeTopic(title: string, state: Topic["state"], addedFor: string | null = null): Topic {
  return {
    key: title,
    stage: title,
    title,
    competency: null,
    is_must: addedFor === null,
    state,
    question_count: 0,
    added_for: addedFor,
  };
}

export function makeInterview(changes: Partial<InterviewDetail> = {}): InterviewDetail {
  return {
    id: "interview-1",
    resume_id: "resume-1",
    scenario_id: "short",
    scenario_title: "짧은 면접",
    language: "ko",
    target_role: "백엔드 개발자",
    company: null,
    purpose: "practice",
    status: "in_progress",
    question_count: 5,
    answered_count: 0,
    created_at: NOW,
    finished_at: null,
    report_status: "none",
    job_description: null,
    company_description: null,
    consents: { recording: false, transcription: false, scoring: true, emotion: false },
    accommodations: {},
    difficulty: null,
    finish_reason: null,
    clock: makeClock(),
    topics: [],
    turn_taking: null,
    turns: [makeTurn(1)],
    pending_question: null,
    sequence: 1,
    ...changes,
  };
}

export function makeResume(changes: Partial<ResumeDetail> = {}): ResumeDetail {
  return {
    id: "resume-1",
    filename: "이력서.pdf",
    media_type: "application/pdf",
    size_bytes: 1000,
    status: "ready",
    step: "embed",
    percent: 100,
    pages: 2,
    error: null,
    created_at: NOW,
    updated_at: NOW,
    profile: null,
    corrected_fields: [],
    hidden_text_spans: 0,
    hidden_text: {},
    ...changes,
  };
}

export function makeReport(changes: Partial<Report> = {}): Report {
  return {
    interview_id: "interview-1",
    status: "ready",
    percent: 100,
    error_code: null,
    can_retry: false,
    overall_score: null,
    not_scored_reason: "no_model",
    superseded_overall: null,
    uncertainty: null,
    no_uncertainty_reason: null,
    answer_count: 0,
    summary: null,
    strengths: [],
    improvements: [],
    competencies: [],
    claims: [],
    role_match: null,
    practice: [],
    answers: [],
    turns: [makeTurn(1, "먼저 로그를 봤습니다.")],
    is_calibrated: false,
    calibrations: [],
    removed_statements: 0,
    instruction_count: 0,
    versions: { rubric: "rubric-1", prompt: null, model: null, code: "0.1.0" },
    reviews: [],
    created_at: NOW,
    finished_at: NOW,
    ...changes,
  };
}

export function makeLearningPath(changes: Partial<LearningPathDetail> = {}): LearningPathDetail {
  return {
    id: "path-1",
    resume_id: "resume-1",
    interview_id: null,
    target_role: "백엔드 개발자",
    language: "ko",
    status: "ready",
    percent: 100,
    error_code: null,
    answered_by: {
      provider: "rules",
      model: null,
      prompt_version: null,
      is_fallback: true,
      fallback_reason: "no_model",
      took_ms: 3,
    },
    created_at: NOW,
    finished_at: NOW,
    job_description: null,
    catalogue_version: "1",
    items: [
      {
        id: "item-1",
        position: 1,
        type: "strength",
        topic: "redis",
        title: "Redis, 한 걸음 더",
        description: "캐시 무효화를 더해 보세요.",
        reason: "이력서에 Redis를 써 본 경험이 적혀 있어요.",
        evidence: { source: "resume", quote: "p99 지연 40 % 감소", field: null, question_id: null },
        link: {
          id: "redis.docs",
          title: "Redis Documentation",
          url: "https://redis.io/docs/latest/",
          language: "en",
          kind: "documentation",
          access: "free",
          licence: null,
          checked_on: null,
        },
        resources: [],
        is_by_model: false,
        done_at: null,
      },
    ],
    ...changes,
  };
}

export function makeQuestionSet(changes: Partial<QuestionSetDetail> = {}): QuestionSetDetail {
  return {
    id: "set-1",
    resume_id: "resume-1",
    batch_id: null,
    target_role: "백엔드 개발자",
    company: null,
    language: "ko",
    difficulty: null,
    status: "ready",
    percent: 100,
    error_code: null,
    created_at: NOW,
    finished_at: NOW,
    job_description: null,
    questions: [makeSetQuestion(1)],
    ...changes,
  };
}

export function makeSetQuestion(position: number): QuestionSetDetail["questions"][number] {
  const { id, text, type, difficulty, reason, source_quote, answered_by } = makeQuestion(position);
  return {
    id,
    position,
    text,
    type,
    difficulty,
    topic: "Redis",
    reason,
    covers: ["비교한 대안"],
    source_quote,
    answered_by,
  };
}

/** What is said of an interview in which nothing was spoken. */
export function makeDelivery(changes: Partial<Delivery> = {}): Delivery {
  return {
    is_scored: false,
    baseline: null,
    overall: null,
    answers: [],
    picture: null,
    no_picture: "not_allowed",
    ...changes,
  };
}
