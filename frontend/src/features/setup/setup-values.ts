import type { Consents, CreateInterview, PlanWishes, Purpose, Scenario } from "@/api";
import type { Language } from "@/i18n";

/** The plan that is cut to a candidate's own wishes. */
export const CUSTOM = "custom";
/** Of which scenario a candidate's own plan is made: the one with every stage. */
export const CUSTOM_BASIS = "standard";

export type Needs = {
  extraTime: string;
  longerPauses: boolean;
  textOnly: boolean;
  captions: boolean;
  noCamera: boolean;
  breaks: boolean;
};

export type SetupValues = {
  resumeId: string;
  role: string;
  company: string;
  companyDescription: string;
  jobDescription: string;
  language: Language;
  planId: string;
  /** The most that is wanted; the chosen stages may have fewer. */
  customCount: number;
  /** Stages by key; null: all of them. */
  customStages: string[] | null;
  difficulty: NonNullable<CreateInterview["difficulty"]> | "fitting";
  /** Minutes, or `fitting`: as the plan needs. */
  timeLimit: string;
  purpose: Purpose;
  needs: Needs;
  consents: Required<Consents>;
};

export const NO_NEEDS: Needs = {
  extraTime: "1",
  longerPauses: false,
  textOnly: false,
  captions: false,
  noCamera: false,
  breaks: false,
};

export function countNeeds({ extraTime, ...rest }: Needs): number {
  return Number(extraTime !== "1") + Object.values(rest).filter(Boolean).length;
}

/** How many topics a candidate's own plan can have. */
export function topicsOf(scenario: Scenario, stages: readonly string[] | null): number {
  return scenario.stages
    .filter((stage) => stages === null || stages.includes(stage.key))
    .reduce((sum, stage) => sum + stage.question_count, 0);
}

export function bodyOf(values: SetupValues): CreateInterview {
  const isPractice = values.purpose === "practice";
  const isSpoken = !values.needs.textOnly;
  return {
    resume_id: values.resumeId,
    scenario_id: values.planId === CUSTOM ? CUSTOM_BASIS : values.planId,
    plan: values.planId === CUSTOM ? wishesOf(values) : null,
    language: values.language,
    target_role: values.role.trim(),
    company: values.company.trim() || null,
    company_description: values.companyDescription.trim() || null,
    job_description: values.jobDescription.trim() || null,
    purpose: values.purpose,
    difficulty: values.difficulty === "fitting" ? null : values.difficulty,
    time_limit_minutes: values.timeLimit === "fitting" ? null : Number(values.timeLimit),
    accommodations: {
      extra_time: Number(values.needs.extraTime),
      longer_pauses: values.needs.longerPauses,
      text_only: values.needs.textOnly,
      captions: values.needs.captions,
      no_camera: values.needs.noCamera,
      breaks: values.needs.breaks,
    },
    consents: {
      scoring: values.consents.scoring,
      transcription: values.consents.transcription && isSpoken,
      recording: values.consents.recording && isSpoken,
      emotion: values.consents.emotion && isPractice && isSpoken && !values.needs.noCamera,
    },
  };
}

function wishesOf({ customCount, customStages }: SetupValues): PlanWishes {
  return { question_count: customCount, stages: customStages };
}
